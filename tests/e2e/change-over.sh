#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The station or the card is killed at an APDU of the change-over from the transport keys to the card's own. The same
# command then finishes the card, and the card has counted right sessions only: the keys it has were found without a try.
. "$(dirname "$0")/lib.sh"
station

# APDUs of a change-over: INITIALIZE UPDATE and EXTERNAL AUTHENTICATE with the transport keys, PUT KEY; then with the own
# keys SELECT, INITIALIZE UPDATE, EXTERNAL AUTHENTICATE
authenticate=1 put_key=2 own_authenticate=5

domain() { # of a flash file, whose card is ended
    card kill 0
    flock "$1" true # until the system has let go of what was killed
    "$BUILD/tests/card-flash" "$1" domain
}
issue_card 0 1
read -r version failures whole < <(domain "$(card flash 0)")
check_eq "an issue without a fault: keys of version 01, no wrong try" "01 0" "$version $failures"

record=1
# round VICTIM APDU BEFORE|AFTER
round() {
    local victim=$1 apdu=$2 when=$3 name="$1 killed, $3 APDU $2" flash status
    record=$((record + 1))
    flash=$SDC_SANDBOX_FLASH/$((record - 1)) # a spare blank card
    (
        export SDC_CARD_PROGRAM=$BUILD/tests/doomed-card SDC_DOOM_APDU=$apdu
        [ "$when" = before ] || export SDC_DOOM_AFTER=1
        [ "$victim" = card ] || export SDC_DOOM_PID=$WORK/pid
        card kill 0
        card restart 0 "$flash"
    ) || stop "$name: a blank card"
    # the inner shell becomes the station
    { bash -c 'echo $$ >"$1"; exec sdc issue "$2" --record "$3"' - "$WORK/pid" "$BATCH" $record >"$WORK/out" 2>&1; } 2>/dev/null
    status=$?
    [ "$victim" = station ] || card restart 0 "$flash" || stop "$name: the card comes up again"
    check "$name: the issue ends ($status)" [ $status = "$([ "$victim" = card ] && echo 30 || echo 137)" ]
    check "$name: the next issue" sdc issue "$BATCH" --record $record
    check_match "$name: the card" '^verdict: ACCEPT$' "$(sdc verify --profile chip)"
    local carried=$apdu sessions=$whole
    [ "$when" = before ] || carried=$((carried + 1))
    [ $carried -le $authenticate ] || sessions=$((sessions + 1))
    [ $carried -le $put_key ] || sessions=$((sessions - 1)) # the next issue needs none with the transport keys
    [ $carried -le $own_authenticate ] || sessions=$((sessions + 1))
    check_eq "$name: key version, wrong tries, tries" "01 0 $sessions" "$(domain "$flash")"
}
for apdu in 0 1 2 3 4 5; do round station $apdu after; done
round station $put_key before
for apdu in 1 2 3 5; do round card $apdu before; done
for apdu in 1 2 5; do round card $apdu after; done
finish
