#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Travel document and docket of an issued card: what each reader sees and no more, wrong passwords and what they cost,
# new versions by the issuer and by a terminal, and that an older one never comes back.
. "$(dirname "$0")/lib.sh"
holder=271828
station
issue_card 0 1
can=$(jq -r .can "$WORK/issued-0.json")
guid=$(jq -r .guid "$WORK/issued-0.json")
mapfile -t mrz < <(jq -r '.mrz[]' "$WORK/issued-0.json")
mrz_secret=${mrz[0]:5:10}${mrz[1]:0:7}${mrz[1]:8:7}
field() { jq -r ".records[0].$1 // empty" "$BATCH"; }
read_docket() { # PASSWORD VALUE OPTION...
    local kind=$1 value=$2
    shift 2
    sdc docket read --json --stats "--$kind" fd:3 "$@" 3<<<"$value"
}

# ---- before the holder has a PIN ----
out=$(read_docket can "$can")
check_eq "the travel document by CAN" "0 $guid true" "$? $(jq -r '"\(.guid) \(.chip)"' <<<"$out")"
check_eq "its MRZ" "${mrz[0]}${mrz[1]}${mrz[2]}" "$(jq -r .travel.mrz <<<"$out")"
check_match "its name" "^$(field surname)<<$(field given_names)\$" "$(jq -r .travel.name <<<"$out")"
check_eq "and nothing of the docket" '{}' "$(jq -c .docket <<<"$out")"
out=$(read_docket mrz "$mrz_secret")
check_eq "the travel document by MRZ" "0 ${mrz[0]}${mrz[1]}${mrz[2]}" "$? $(jq -r .travel.mrz <<<"$out")"
out=$(read_docket can "$can" --terminal officer)
check_eq "the officer sees all four groups" '["address","benefits","docket and reporting","status"]' "$(jq -c '.docket | keys' <<<"$out")"
check_eq "where the person lives" "$(field address.line1)" "$(jq -r '.docket.address.fields.line1' <<<"$out")"
check_eq "the asylum application" "yes $(field asylum.kind)" \
    "$(jq -r '.docket.status.fields | "\(."asylum application") \(."asylum kind")"' <<<"$out")"
check_eq "the A-number" "$(field a_number)" "$(jq -r '.docket."docket and reporting".fields."A-number"' <<<"$out")"
check_eq "the benefits" "$(field 'benefits[0].program')" "$(jq -r '.docket.benefits.entries[0].program' <<<"$out")"
check "within 48 APDUs, extended or not" [ "$(jq .stats.apdus <<<"$out")" -le 48 ]
# 4,864 bytes of groups: the bytes alone take 194 ms at F/D 16 and 4.8 MHz, the budget of the whole is 414
check "in the time of the line" jq -e '.stats.line_milliseconds | ."96" > 194 and ."96" < 414 and ."95" > ."96"' <<<"$out"
out=$(read_docket can "$can" --terminal officer --travel)
check "everything within 40 APDUs of extended length" [ "$(jq .stats.apdus <<<"$out")" -le 40 ]
read_docket pin $holder --terminal benefits >/dev/null
check_eq "the transport PIN opens nothing" 20 $?

# ---- the holder's PIN ----
hand_over 0 $holder
out=$(read_docket pin $holder --terminal benefits)
check_eq "benefits sees two groups" '["address","benefits"]' "$(jq -c '.docket | keys' <<<"$out")"
check_match "in words" '^benefits \(DG21, version 1, signed ' "$(sdc docket read --pin fd:3 --terminal benefits 3<<<$holder)"
out=$(read_docket pin $holder --terminal status)
check_eq "status sees one" '["status"]' "$(jq -c '.docket | keys' <<<"$out")"
for terminal in benefits status; do
    refuse "$terminal sees nothing with the CAN" read_docket can "$can" --terminal $terminal
done
refuse "the officer sees nothing with the MRZ" read_docket mrz "$mrz_secret" --terminal officer
refuse "a wrong CAN" read_docket can "$((10#$can < 999999 ? 10#$can + 1 : 100000))" --terminal officer
read_docket pin 161803 --terminal benefits >"$WORK/wrong"
check_eq "a wrong PIN costs a try" "30 2" "$? $(jq -r .error.tries "$WORK/wrong")"
check_match "the same counter as PIV's" 'PIN.*2' "$(sdc card show)"
check "the right PIN gives the tries back" read_docket pin $holder --terminal status
check_match "PIV is as it was" '^verdict: ACCEPT$' "$(sdc verify --profile chip --pin fd:3 3<<<$holder | tail -n 1)"

# ---- new versions ----
cp -r tests/data/portraits "$WORK/"
change() { jq ".records[0].address.line1 = \"$1\"" "$BATCH" >"$WORK/changed.json"; }
change "12 SECOND STREET"
out=$(sdc update "$WORK/changed.json" --record 1 --stats 2>&1)
check_match "the issuer writes a new version" 'Written to the card: 4 groups' "$out"
check_match "and it is said what it costs" 'line and reader of a contact card: [1-9][0-9]* ms at TA1 96' "$out"
out=$(read_docket can "$can" --terminal officer)
check_eq "and it is read" "2 12 SECOND STREET" "$(jq -r '.docket.address | "\(.version) \(.fields.line1)"' <<<"$out")"
sdc terminal request desk >/dev/null && sdc terminal renew desk --profile update >/dev/null || stop "a terminal that may write"
change "13 THIRD STREET"
check "signed, for a terminal to carry" sdc update "$WORK/changed.json" --record 1 --sign
cp "$SDC_HOME/updates/$guid.dg17" "$WORK/third"
refuse "the officer may not write" sdc update "$WORK/third" --terminal officer --can fd:3 3<<<"$can"
check "a terminal carries it" sdc update "$WORK/third" --terminal desk --can fd:3 3<<<"$can"
out=$(read_docket can "$can" --terminal officer)
check_eq "it is read, the others are as they were" "3 13 THIRD STREET 2" \
    "$(jq -r '"\(.docket.address.version) \(.docket.address.fields.line1) \(.docket.status.version)"' <<<"$out")"
refuse "the same again" sdc update "$WORK/third" --terminal desk --can fd:3 3<<<"$can"
check_match "the issuer writes what is newer alone" 'Written to the card: 4 groups' "$(sdc update "$WORK/changed.json" --record 1)"
refuse "an older version doesn't come back" sdc update "$WORK/third" --terminal desk --can fd:3 3<<<"$can"
out=$(read_docket can "$can" --terminal officer)
check_eq "the newest stays" 4 "$(jq -r .docket.address.version <<<"$out")"
finish
