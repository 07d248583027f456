#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cards: 2
# Keys that follow one another: cards of the old one stay readable and can be updated, terminals come with links, what
# was interrupted goes on, and nothing of it gets into another's place.
. "$(dirname "$0")/lib.sh"
holder=271828
station
issue_card 0 1
hand_over 0 $holder
can=$(jq -r .can "$WORK/issued-0.json")
key() { sdc pki status --json | jq -r ".keys[] | select(.key == \"$1\") | .$2"; }
read_docket() { # INDEX CAN OPTION...
    local index=$1 can=$2
    shift 2
    sdc docket read --json --stats --reader "$index" --can fd:3 --terminal officer "$@" 3<<<"$can"
}
apdus() { jq .stats.apdus <<<"$1"; }

# ---- which there are ----
check_eq "six kinds of keys" "csca ds card-ca content-signer cvca dv" "$(sdc pki status --json | jq -r '[.keys[].key] | join(" ")')"
check_match "in words" '^ds: document signer 1, from .*, signs until .* \([0-9]{2} days left\), valid until .*: trust/ds-1.pem$' "$(sdc pki status)"
expect_status 64 sdc pki roll nosuch
check_eq "which changes nothing" "1 1 1 1 1 1" "$(sdc pki status --json | jq -r '[.keys[].generation] | join(" ")')"

# ---- the document signer ----
check "the next document signer" sdc pki roll ds
check_eq "signs from now on" "2 trust/ds-2.pem" "$(key ds generation) $(key ds file)"
check "its certificate is the CSCA's" openssl verify -CAfile "$SDC_HOME/trust/csca.pem" "$SDC_HOME/trust/ds-2.pem"
out=$(read_docket 0 "$can")
check_eq "a card of the old one is read" "0 true" "$? $(jq .chip <<<"$out")"
cp -r tests/data/portraits "$WORK/"
jq '.records[0].address.line1 = "77 NEW STREET"' "$BATCH" >"$WORK/moved.json"
check "an update signed by the new one" sdc update --reader 0 --record 1 "$WORK/moved.json"
out=$(read_docket 0 "$can")
check_eq "is on the old card, and proven" "77 NEW STREET 2" \
    "$(jq -r '.docket.address | "\(.fields.line1) \(.version)"' <<<"$out")"
issue_card 1 2
check "a card of the new one is read" read_docket 1 "$(jq -r .can "$WORK/issued-1.json")"
check_match "and accepted" '^verdict: ACCEPT$' "$(sdc verify --reader 1 | tail -n 1)"

cp -r "$SDC_HOME/updates" "$WORK/backup"
check "another version" sdc update --reader 0 --record 1 "$WORK/moved.json"
rm -r "$SDC_HOME/updates"
cp -r "$WORK/backup" "$SDC_HOME/updates" # of a station whose disk was lost
jq '.records[0].address.line1 = "78 NEWER STREET"' "$BATCH" >"$WORK/newer.json"
out=$(sdc update --reader 0 --record 1 "$WORK/newer.json" 2>&1)
check_eq "no version but a newer one" 65 $?
check_match "says which" 'DG17 on the card has version 3, what was signed has 3' "$out"
check "the next is newer" sdc update --reader 0 --record 1 "$WORK/newer.json"
check_eq "and on the card" "78 NEWER STREET 4" \
    "$(read_docket 0 "$can" | jq -r '.docket.address | "\(.fields.line1) \(.version)"')"

# ---- the CVCA ----
check "the next CVCA" sdc pki roll cvca
check_eq "by a link" "2 trust/cvca-2.cvc" "$(key cvca generation) $(key cvca file)"
check "the terminal's old certificates work on" read_docket 0 "$can"
check "new ones" sdc terminal renew officer
before=$(read_docket 0 "$can")
check_eq "bring the card the link" 0 $?
after=$(read_docket 0 "$can")
check_eq "which it needs once: two APDUs less" 2 $(($(apdus "$before") - $(apdus "$after")))
check "still within 48" [ "$(apdus "$after")" -le 48 ]
check "the next one, and again" sdc pki roll cvca
check "two links" sdc terminal renew officer
before=$(read_docket 1 "$(jq -r .can "$WORK/issued-1.json")")
check_eq "for a card that has missed the first" 0 $?
after=$(read_docket 1 "$(jq -r .can "$WORK/issued-1.json")")
check_eq "four APDUs less" 4 $(($(apdus "$before") - $(apdus "$after")))
check "another document verifier" sdc pki roll dv
check "signs" sdc terminal renew benefits
check_eq "by its second key" 2 "$(key dv generation)"
check "and is read" sdc docket read --pin fd:3 --terminal benefits 3<<<$holder --reader 0

# ---- the CAs ----
check "the next CSCA" sdc pki roll csca
check_eq "takes the document signer along" "2 3" "$(key csca generation) $(key ds generation)"
check "the old one vouches for the new" openssl verify -CAfile "$SDC_HOME/trust/csca.pem" -partial_chain "$SDC_HOME/trust/link-csca-2.pem"
check "for the same key" cmp <(openssl x509 -in "$SDC_HOME/trust/link-csca-2.pem" -noout -pubkey) \
    <(openssl x509 -in "$SDC_HOME/trust/csca-2.pem" -noout -pubkey)
check "the document signer is the new one's" openssl verify -CAfile "$SDC_HOME/trust/csca-2.pem" "$SDC_HOME/trust/ds-3.pem"
check "the next card CA" sdc pki roll card-ca
check_eq "takes the content signer along" "2 2" "$(key card-ca generation) $(key content-signer generation)"
check "old cards are read" read_docket 0 "$can"
check_match "and accepted" '^verdict: ACCEPT$' "$(sdc verify --reader 0 | tail -n 1)"
card swap 1 "$SDC_SANDBOX_FLASH/2"
issue_card 1 3
check "so are new ones" read_docket 1 "$(jq -r .can "$WORK/issued-1.json")"
check_match "accepted" '^verdict: ACCEPT$' "$(sdc verify --reader 1 | tail -n 1)"
out=$(sdc doctor)
check_match "the station is in order" 'certificates .*5 in order; the first to end is the document signer' "$out"
check_match "but for a terminal of an older CVCA" 'terminals .*status: newer cards don.t know.*sdc terminal renew status' "$out"
check "which is renewed" sdc terminal renew status
check_match "and all are" 'terminals .*3 in order; the first to end is officer, in 1 day' "$(sdc doctor)"

# ---- for readers ----
cat "$SDC_HOME/trust/ds-1.pem" >"$WORK/ds-1.pem" # a secret that somebody left where it doesn't belong
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 >>"$SDC_HOME/trust/ds-1.pem" 2>/dev/null
cp "$SDC_HOME/token.pin" "$SDC_HOME/trust/notes.txt"
out=$(SDC_TOKEN_PIN=none sdc pki export "$WORK/reader" --json)
cp "$WORK/ds-1.pem" "$SDC_HOME/trust/ds-1.pem"
rm "$SDC_HOME/trust/notes.txt"
check_eq "each certificate, and nothing else" "card-ca-2.pem card-ca.pem content-signer-1.pem content-signer-2.pem csca-2.pem csca.pem cvca-1.cvc cvca-2.cvc cvca-3.cvc ds-1.pem ds-2.pem ds-3.pem link-csca-2.pem" \
    "$(jq -r '[.certificates[].file] | sort | join(" ")' <<<"$out")"
check_eq "is in the folder" "$(jq -r '.certificates[].file' <<<"$out" | LC_ALL=C sort)" "$(LC_ALL=C ls "$WORK/reader")"
refuse "no key went along" grep -rq 'PRIVATE' "$WORK/reader"
check_eq "the fingerprints are OpenSSL's" "$(openssl x509 -in "$SDC_HOME/trust/csca-2.pem" -outform der | openssl dgst -sha256 -r | cut -d' ' -f1 | tr a-f A-F) $(openssl dgst -sha256 -r "$SDC_HOME/trust/cvca-3.cvc" | cut -d' ' -f1 | tr a-f A-F)" \
    "$(jq -r '[.certificates[] | select(.file == "csca-2.pem" or .file == "cvca-3.cvc") | .sha256] | join(" ")' <<<"$out")"
check_match "a reader accepts a card with them" '^verdict: ACCEPT$' "$(SDC_HOME=/nowhere sdc verify --reader 0 --trust "$WORK/reader" | tail -n 1)"
refuse "a folder that is in use" sdc pki export "$WORK/reader"
expect_status 65 env SDC_HOME="$WORK" sh -c 'mkdir "$SDC_HOME/trust" && sdc pki export "$SDC_HOME/nothing"'
refuse "of which nothing is made" [ -e "$WORK/nothing" ]

# ---- what is not of this station's making ----
cp "$SDC_HOME/trust/csca.pem" "$SDC_HOME/trust/ds-4.pem"
refuse "another's certificate under the next name" sdc pki roll ds
check_eq "isn't touched" "3 same" "$(key ds generation) $(cmp "$SDC_HOME/trust/csca.pem" "$SDC_HOME/trust/ds-4.pem" && echo same)"
rm "$SDC_HOME/trust/ds-4.pem"
chmod a-w "$SDC_HOME/trust"
if ! (: >"$SDC_HOME/trust/probe") 2>/dev/null; then # root may write everywhere
    refuse "a folder that takes no file" sdc pki roll ds
    check_eq "and the old key signs on" 3 "$(key ds generation)"
fi
rm -f "$SDC_HOME/trust/probe"
chmod u+w "$SDC_HOME/trust"
check "the same call goes on" sdc pki roll ds
check_eq "with the fourth" 4 "$(key ds generation)"

# ---- a token that doesn't do as it should: nothing is begun, and all is as before afterwards ----
state() { sdc pki status --json | jq -c '[.keys[].generation]'; }
before=$(state)
trust=$(cd "$SDC_HOME/trust" && sha256sum -- *)
mv "$SDC_HOME/token" "$WORK/token"
mkdir -m 700 "$SDC_HOME/token"
cp "$WORK/token/softhsm2.conf" "$SDC_HOME/token/" # the token's own folder, and nothing in it
expect_status 69 sdc pki roll csca
check_match "says that there is no token" "no token 'sdc-station'" "$(sdc pki roll csca 2>&1)"
rm -r "$SDC_HOME/token"
mv "$WORK/token" "$SDC_HOME/token"
expect_status 69 env SDC_TOKEN_PIN=85207411 sdc pki roll csca
out=$(SDC_TOKEN_PIN=85207411 sdc pki roll csca 2>&1)
check_match "says that the PIN is wrong" 'PIN' "$out"
refuse "and not which it was" grep -q 85207411 <<<"$out"
check_eq "nothing was begun" "$before" "$(state)"
check_eq "no file of trust has changed" "$trust" "$(cd "$SDC_HOME/trust" && sha256sum -- *)"
check "the same call, with room" sdc pki roll csca
check_eq "two CSCAs later" 3 "$(key csca generation)"
check "old cards are read" read_docket 0 "$can"
finish
