#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Programs that others wrote judge travel document and docket of an issued card: OpenPACE is the terminal (PACE by each
# password, terminal and chip authentication, secure messaging), with certificates of this station for a key of its own;
# openssl verifies each signed file against the station's CSCA.
. "$(dirname "$0")/lib.sh"
holder=271828
officer=001D000010 benefits=0011000000
station
issue_card 0 1
hand_over 0 $holder
can=$(jq -r .can "$WORK/issued-0.json")
mrz=$(jq -r '.mrz | join("")' "$WORK/issued-0.json")
trust=$SDC_HOME/trust
# peer NAME KIND SECRET [CHAT PROFILE]: its files are in $WORK/NAME
peer() {
    mkdir -p "$WORK/$1"
    "$BUILD/tests/eac-peer" read "$WORK/$1" "$2" "$3" ${4:+"$4" "$WORK/key.der" "$WORK/$5.request.chain" "$trust"/cvca-1.cvc}
}
files() { (cd "$WORK/$1" && printf '%s\n' * | LC_ALL=C sort -V | xargs); }
openssl ecparam -name prime256v1 -genkey -noout -outform DER -out "$WORK/key.der" || stop "a key"
for profile in officer benefits; do
    "$BUILD/tests/eac-peer" request "$WORK/key.der" >"$WORK/$profile.request" &&
        sdc terminal renew "$WORK/$profile.request" --profile $profile >"$WORK/renew.log" 2>&1 || stop "certificates" "$(cat "$WORK/renew.log")"
done

# ---- each password ----
travel="DG1 DG2 DG11 DG12 DG13 DG14 EF.COM EF.SOD"
for kind in can mrz pin; do
    case $kind in can) secret=$can ;; mrz) secret=$mrz ;; pin) secret=$holder ;; esac
    check "OpenPACE opens the card by $kind" peer $kind $kind "$secret"
    check_eq "and reads the travel document alone" "$travel" "$(files $kind)"
done
refuse "a wrong CAN" peer wrong can "$((10#$can < 999999 ? 10#$can + 1 : 100000))"
check_eq "DG1 is the MRZ" "$mrz" "$(tail -c 90 "$WORK/can/DG1")"

# ---- terminals ----
out=$(peer officer can "$can" $officer officer 2>&1) || stop "OpenPACE as an officer, by CAN: $out"
check_eq "reads everything" "DG1 DG2 DG11 DG12 DG13 DG14 DG17 DG19 DG20 DG21 EF.COM EF.CardSecurity EF.SOD" "$(files officer)"
check "OpenPACE as a benefit office, by PIN" peer benefits pin $holder $benefits benefits
check_eq "reads its groups" "DG17 DG21" "$(files benefits | tr ' ' '\n' | grep -E '^DG(17|19|20|21)$' | xargs)"
check "with the CAN" peer refused can "$can" $benefits benefits
check_eq "none" "" "$(files refused | tr ' ' '\n' | grep -E '^DG(17|19|20|21)$')"
check "a benefit office that asks for an officer's rights" peer greedy pin $holder $officer benefits
check_eq "gets those of its certificate" "$(files benefits)" "$(files greedy)"

# ---- openssl ----
cms() { # FILE CONTENT
    openssl cms -verify -inform DER -in "$1" -CAfile "$trust/csca.pem" -certfile "$trust/ds-1.pem" -purpose any -out "$2" 2>&1
}
for file in EF.SOD EF.CardSecurity DG17 DG19 DG20 DG21; do
    check "openssl verifies $file up to the CSCA" cms "$WORK/officer/$file" "$WORK/content-$file"
    cp "$WORK/officer/$file" "$WORK/changed"
    byte=$(od -An -tu1 -j 200 -N 1 "$WORK/changed")
    # shellcheck disable=SC2059 # the byte is the format
    printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$WORK/changed" bs=1 seek=200 conv=notrunc 2>/dev/null
    refuse "and not with another byte" cms "$WORK/changed" "$WORK/content-changed"
done
for dg in 1 2 11 12 13 14; do
    check "the hash of DG$dg is in EF.SOD" grep -qaF -- "$(sha256sum <"$WORK/officer/DG$dg" | cut -c 1-64)" \
        <(od -An -v -tx1 "$WORK/content-EF.SOD" | tr -d ' \n')
done
guid=$(jq -r .guid "$WORK/issued-0.json" | tr -d -)
for file in EF.CardSecurity DG17 DG19 DG20 DG21; do
    check_match "$file is about this card" "$guid" "$(od -An -v -tx1 "$WORK/content-$file" | tr -d ' \n')"
done
check "the address in DG17 is the record's" grep -qaF "$(jq -r '.records[0].address.line1' "$BATCH")" "$WORK/content-DG17"
finish
