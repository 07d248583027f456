#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Comparisons of PIN, key and MAC under valgrind, their secrets marked undefined: no branch and no address depends on them.
set -u
program=${B:-build}/tests/test_applet_constant_time
passed=0 failed=0
result() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $2"; fi; }
judge() { CK_FORK=no CK_TIMEOUT_MULTIPLIER=20 valgrind -q --error-exitcode=9 "$program" "$@"; }
judge
result $? "a branch or an address depends on a secret"
judge --leak >/dev/null 2>&1
[ $? = 9 ]
result $? "valgrind doesn't see a leak that is there"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
