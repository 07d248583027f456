#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Every power cut of the two scripts whose sample make check takes: over the store, and over commands of a whole card.
set -u
build=${B:-build}
passed=0 failed=0
for program in test_applet_cut_store test_applet_cut_card; do
    if CK_TIMEOUT_MULTIPLIER=50 "$build/tests/$program" --all; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
