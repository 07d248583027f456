#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The APDU transcripts that test_applet_transcript runs in memory, over pcscd, each on a blank card of its own; and one
# that no card follows, which must not pass.
. "$(dirname "$0")/lib.sh"
transcript=$BUILD/tests/card-transcript
for file in tests/data/transcripts/*.txt; do
    name=$(basename "$file" .txt)
    card swap 0 "$WORK/$name.flash" || stop "a blank card for $name"
    check "transcript $name over pcscd" "$transcript" 0 "$file"
done
printf '> 00A40400 05 A000000308 00\n< 6A82\n' >"$WORK/wrong.txt"
expect_status 1 "$transcript" 0 "$WORK/wrong.txt"
finish
