#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# sandbox: --blanks 61
# Every record of the sample batch becomes a card that verifies, without and with the holder's PIN; every bad record is
# refused for its own reason and leaves the card as it was, bit for bit.
. "$(dirname "$0")/lib.sh"
bad=tests/data/enrolment-bad.json
# where each fault of enrolment-bad.json lies, in its order
pointers=(/a_number /a_number /date_of_birth /date_of_birth /surname /nationality /nationality /photo /photo /photo
    /surname /case/court /asylum/filed /benefits/0/until /benefits/0/program /card/valid_until /card/valid_until
    /transaction_id /sex /favourite_colour /surname /height_cm /surname)
flash=$(card flash 0)

station
check_eq "the sample holds 60 records, the bad file ${#pointers[@]}" "60 ${#pointers[@]}" \
    "$(jq '.records | length' $BATCH) $(jq length $bad)"
check "the sample has no fault" sdc records check $BATCH

cp -r tests/data/portraits "$WORK/"
cp "$flash" "$WORK/blank"
for i in "${!pointers[@]}"; do
    why=$(jq -r ".[$i].why" $bad)
    jq "{batch: \"bad\", created: \"2026-11-23T08:00:00Z\", records: [.[$i].record]}" $bad >"$WORK/bad.json"
    faults=$(sdc records check --json "$WORK/bad.json" 2>/dev/null)
    status=$?
    check_eq "refused: $why" "65 1 ${pointers[$i]}" "$status $(jq -r '.faults | "\(length) \(.[0].pointer)"' <<<"$faults")"
    expect_status 65 sdc issue "$WORK/bad.json" --record 1
    check "nothing was written for: $why" cmp "$flash" "$WORK/blank"
done

# one card after the other in one reader
holder=271828
way() {
    local record=$1
    card swap 0 "$SDC_SANDBOX_FLASH/$record" || return 1
    issue_card 0 "$record"
    jq -r .guid "$WORK/issued-0.json" >>"$WORK/guids"
    check_match "record $record: ACCEPT after issue" '^verdict: ACCEPT$' "$(sdc verify --profile chip | tail -n 1)"
    hand_over 0 $holder
    check_match "record $record: ACCEPT with the PIN" '^verdict: ACCEPT$' "$(sdc verify --profile chip --pin fd:3 3<<<$holder | tail -n 1)"
    check "record $record: its objects are whole" card_whole "$record"
}
card_whole() {
    local file=$SDC_SANDBOX_FLASH/$1
    card pull 0 && "$BUILD/tests/card-flash" "$file" whole
}
for record in $(seq 60); do
    way "$record" || stop "record $record"
    rm -f "$SDC_SANDBOX_FLASH/$((record - 1))"
done
check_eq "the stock tells of all of them" "61 1 60" \
    "$(sdc stock list --json | jq -r '.batches[0] | "\(.chips | length) \(.states.blank) \(.states.active)"')"
check_eq "60 cards, 60 GUIDs" 60 "$(sort -u "$WORK/guids" | wc -l)"
finish
