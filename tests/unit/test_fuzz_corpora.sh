#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The fuzzers' inputs once more, each corpus of tests/fuzz/corpus by its fuzzer: none is a find, and each has a fuzzer.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for corpus in tests/fuzz/corpus/*/; do
    name=$(basename "$corpus")
    if "${B:-build}/tests/replay-$name" "$corpus" >"$log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name, exit status $?"
        tail -n 20 "$log"
    fi
done
echo "$passed passed, $failed failed"
[ $passed -gt 0 ] && [ $failed = 0 ]
