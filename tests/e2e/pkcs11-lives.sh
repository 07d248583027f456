#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The module over pcscd across fork, exec and dlclose, and under valgrind where nothing else instruments it.
. "$(dirname "$0")/lib.sh"
station
issue_card 0 1
check "fork, exec, dlclose" foreign "$BUILD/tests/module-lives" "$LIB/sdc-pkcs11.so"
if [ -z "${SAN:-}" ]; then
    check "valgrind: fork, exec, dlclose" valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
        --child-silent-after-fork=no "$BUILD/tests/module-lives" "$LIB/sdc-pkcs11.so"
    check "valgrind: C_Finalize under a waiter" valgrind -q --error-exitcode=9 --leak-check=full \
        --errors-for-leak-kinds=definite "$BUILD/tests/module-call" "$LIB/sdc-pkcs11.so" finalize
fi
finish
