#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# tools/run-tests counts what goes wrong: a program that crashes, is missing, hangs, is silent or lies.
. "$(dirname "$0")/../e2e/lib.sh"

# program NAME BODY: a test program
program() {
    printf '#!/bin/sh\n%s\n' "$2" >"$WORK/$1"
    chmod +x "$WORK/$1"
}
# last ARGUMENT...: the runner's last line
last() { (cd "$WORK" && B=$WORK/build "$TOP/tools/run-tests" "$@" 2>&1 | tail -n 1); }
status() {
    (cd "$WORK" && B=$WORK/build "$TOP/tools/run-tests" "$@" >/dev/null 2>&1)
    echo $?
}

program good 'echo "3 passed, 0 failed"'
program bad 'echo "2 passed, 1 failed"; exit 1'
program quiet 'exit 0'
program chatty 'echo "3 passed, 0 failed"; echo more'
program crash 'echo "4 passed, 0 failed"; kill -SEGV $$'
program early 'kill -SEGV $$'
program hang 'exec tail -f /dev/null'
program none 'echo "0 passed, 0 failed"'
program lies 'echo "2 passed, 1 failed"; exit 0'
program script.sh 'echo "1 passed, 0 failed"'

check_eq "all good" "6 passed, 0 failed" "$(last good good)"
check_eq "all good: status" 0 "$(status good)"
check_eq "a failure" "5 passed, 1 failed" "$(last good bad)"
check_eq "a failure: status" 1 "$(status good bad)"
check_eq "silent" "3 passed, 1 failed" "$(last quiet good)"
check_eq "line isn't the last" "0 passed, 1 failed" "$(last chatty)"
check_eq "crash after the line" "7 passed, 1 failed" "$(last crash good)"
check_eq "crash before the line" "0 passed, 1 failed" "$(last early)"
check_eq "hangs" "0 passed, 1 failed" "$(SDC_TEST_SECONDS=1 last hang)" # alone: a slow machine may not fail the good
check_eq "no test ran" "0 passed, 1 failed" "$(last none)"
check_eq "status 0 in spite of failures" "2 passed, 1 failed" "$(last lies)"
check_eq "missing" "3 passed, 1 failed" "$(last nosuch good)"
check_eq "missing: status" 1 "$(status nosuch good)"
check_eq "a script" "1 passed, 0 failed" "$(last script.sh)"
check_eq "the build failed" "3 passed, 1 failed" "$(last --build-failed good)"
check_eq "nothing to run" "0 passed, 0 failed" "$(last)"
check_eq "nothing to run: status" 1 "$(status)"
check_match "a failure is shown" "exit status 139" "$(cd "$WORK" && B=$WORK/build "$TOP/tools/run-tests" early)"

# the same for scripts over lib.sh
script() {
    printf '. "%s/tests/e2e/lib.sh"\n%s\n' "$TOP" "$2" >"$WORK/$1.sh"
    bash "$WORK/$1.sh" 2>&1 | tail -n 1
}
check_eq "script: passes and fails" "1 passed, 1 failed" "$(script a 'ok x; fail y; finish')"
check_eq "script: leaves early" "1 passed, 1 failed" "$(script b 'ok x; exit 0')"
check_eq "script: stops" "1 passed, 1 failed" "$(script c 'ok x; false || stop "y"; ok z; finish')"
check_eq "script: an unset variable" "1 passed, 1 failed" "$(script d 'ok x; echo "$nosuch"; finish')"
check_eq "script: check" "1 passed, 1 failed" "$(script e 'check x true; check y false; finish')"
check_eq "script: refuse" "1 passed, 2 failed" "$(script f 'refuse x false; refuse y true; refuse z sh -c "kill -SEGV \$\$"; finish')"
check_eq "script: expect_status" "1 passed, 1 failed" "$(script g 'expect_status 3 sh -c "exit 3"; expect_status 3 false; finish')"
check_eq "script: check_eq" "1 passed, 1 failed" "$(script h 'check_eq x a a; check_eq x a b; finish')"
check_eq "script: check_match" "1 passed, 1 failed" "$(script i 'check_match x "^a" abc; check_match x "^b" abc; finish')"
finish
