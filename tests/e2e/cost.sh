#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The instructions of each command of the card keep their bounds; a bound that is too low is seen.
set -u
program=${B:-build}/tests/card-cost
passed=0 failed=0
result() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $2"; fi; }
table=$(tools/bench/cost "$program")
result $? "a command costs too much"
[ "$(grep -c '^| ' <<<"$table")" -ge 36 ]
result $? "commands are missing: $table"
! COST_BOUND=3000 tools/bench/cost "$program" >/dev/null 2>&1
result $? "a bound that is broken isn't seen"
! COST_RESET=300000 tools/bench/cost "$program" >/dev/null 2>&1
result $? "the reset's bound isn't seen"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
