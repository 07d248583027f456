#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# sandbox: --blanks 201
# The card dies (SIGKILL of sdc-vcard) at random moments of an issue, 200 times (20 in the short suite): it comes up again
# with every object whole or absent, and the same command then finishes the card. The seed is printed; SDC_SEED repeats it.
. "$(dirname "$0")/../e2e/lib.sh"
times=${1:-200}
RANDOM=${SDC_SEED:-$(date +%N | sed 's/^0*//' | cut -c 1-4)}
seed=$RANDOM
RANDOM=$seed
echo "seed $seed"
station

# how long an issue takes here, so that the moments spread over the whole of it
began=$(date +%s%N)
issue_card 0 1
span=$((($(date +%s%N) - began) / 1000))
alive=0 died=0
for round in $(seq "$times"); do
    record=$((round % 59 + 2))
    [ $((round % 59)) != 0 ] || { rm -rf "$SDC_HOME"; station; } # every person has one card: begin anew
    flash=$SDC_SANDBOX_FLASH/$round # a spare blank card
    card swap 0 "$flash" || stop "round $round: a blank card"
    rm -f "$SDC_SANDBOX_FLASH/$((round - 1))"
    moment=$(((RANDOM * 32768 + RANDOM) % span))
    victim=$(card pid 0)
    "$BUILD/tests/kill-later" "$victim" $moment &
    killer=$!
    if sdc issue $BATCH --record $record --json >"$WORK/out" 2>"$WORK/err"; then alive=$((alive + 1)); else died=$((died + 1)); fi
    wait $killer
    card kill 0
    flock "$flash" true # until the system has let go of what was killed
    if ! "$BUILD/tests/card-flash" "$flash" whole >"$WORK/whole"; then
        fail "round $round: killed after $moment us" "$(cat "$WORK/whole")"
        continue
    fi
    card restart 0 "$flash" || stop "round $round: the card comes up again" "$(cat "$SDC_SANDBOX_DIR"/log/card-0.log; tail -n 30 "$SDC_SANDBOX_DIR/log/pcscd.log")"
    if sdc issue $BATCH --record $record --json >"$WORK/out" 2>"$WORK/err" &&
        [ "$(sdc verify --profile chip | tail -n 1)" = "verdict: ACCEPT" ]; then
        ok "round $round: killed after $moment us, whole, issued"
    else
        fail "round $round: killed after $moment us, then not issued" "$(cat "$WORK/err")"
    fi
done
check "some died ($died) and the moments reach the end ($alive lived)" [ $died -gt $((times / 4)) ]
finish
