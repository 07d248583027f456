#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Comparisons of PIN, key and MAC on the card, and RSA padding in the PKCS#11 module, under valgrind, their secrets
# marked undefined: no branch and no address depends on them.
set -u
passed=0 failed=0
result() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $2"; fi; }
judge() { CK_FORK=no CK_TIMEOUT_MULTIPLIER=20 valgrind -q --error-exitcode=9 "$@"; }
for name in applet pkcs11; do
    program=${B:-build}/tests/test_${name}_constant_time
    judge "$program"
    result $? "$name: a branch or an address depends on a secret"
    judge "$program" --leak >/dev/null 2>&1
    [ $? = 9 ]
    result $? "$name: valgrind doesn't see a leak that is there"
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
