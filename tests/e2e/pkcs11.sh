#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cards: 2
# The PKCS#11 module over pcscd with an issued card: what it exports, lists and signs; PINs; cards that come and go.
. "$(dirname "$0")/lib.sh"
M=$LIB/sdc-pkcs11.so
PIN=246810
tool() { foreign pkcs11-tool --module "$M" --slot 0 "$@"; }
user() { tool --login --pin $PIN "$@"; }
call() { "$BUILD/tests/module-call" "$M" "$@"; }
public_key() { # ID: the public key of that certificate into $WORK/ID.pem
    tool --read-object --type cert --id "$1" -o "$WORK/$1.der" >"$WORK/read.log" 2>&1 &&
        openssl x509 -inform DER -in "$WORK/$1.der" -noout -pubkey >"$WORK/$1.pem"
}
# r and s as raw bytes to what OpenSSL takes
to_der() {
    local hex
    hex=$(od -An -v -tx1 "$1" | tr -d " \n")
    openssl asn1parse -noout -out "$2" -genconf <(
        printf 'asn1=SEQUENCE:sig\n[sig]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "${hex:0:64}" "${hex:64}"
    )
}

# ---- the file ----
check_eq "exports only what PKCS#11 names" "C_GetFunctionList C_GetInterface C_GetInterfaceList" \
    "$(nm -D --defined-only "$M" | grep -vE ' (__asan|__ubsan|__odr)' | awk '{print $3}' | sort | xargs)"
check_eq "needs only the crypto library, zlib and PC/SC" "libc.so.6 libcrypto.so.3 libpcsclite.so.1 libz.so.1" \
    "$(readelf -d "$M" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vE 'libasan|libubsan|ld-linux' | sort | xargs)"
check_match "stays loaded" 'NODELETE' "$(readelf -d "$M")"
check_eq "offers both interfaces" "PKCS 11 3.0 PKCS 11 2.40" "$(call names | xargs)"

# ---- a blank card, then an issued one ----
check_eq "a blank card is no token" 2 "$(foreign pkcs11-tool --module "$M" -L 2>&1 | grep -c '(empty)')"
station
issue_card 0 1
GUID=$(jq -r .guid "$WORK/issued-0.json" | tr -d - | tr '[:lower:]' '[:upper:]')
TRANSPORT=$(sed -n 's/^Transport PIN: //p' "$(jq -r .letter "$WORK/issued-0.json")")
check_match "the transport PIN is told" 'user PIN to be changed' "$(foreign pkcs11-tool --module "$M" -L)"
check_match "the transport PIN opens nothing" 'CKR_PIN_EXPIRED' "$(tool --login --pin "$TRANSPORT" -O 2>&1)"
# without login pkcs11-tool's --unlock-pin is C_SetPIN of whatever it is given as PUK
refuse "a wrong transport PIN changes nothing" tool --unlock-pin --puk 00000000 --new-pin $PIN
check "the transport PIN is changed" tool --unlock-pin --puk "$TRANSPORT" --new-pin $PIN
LIST=$(foreign pkcs11-tool --module "$M" -L)
check_match "the token's label is neutral" "token label *: Docket Card ${GUID: -8}\$" "$LIST"
check_match "the serial is the GUID's" "serial num *: ${GUID:0:16}\$" "$LIST"
check_match "no PIN is low" 'token flags *: login required, rng, token initialized, PIN initialized$' "$LIST"

# ---- objects ----
OBJECTS=$(tool -O)
for label in "Certificate for PIV Authentication" "Certificate for Digital Signature" "Certificate for Key Management" \
    "Certificate for Card Authentication" "PIV AUTH pubkey" "SIGN pubkey" "KEY MAN pubkey" "CARD AUTH pubkey" \
    "CARD AUTH key" "Security Object"; do
    check_match "lists $label" "label: +'?$label" "$OBJECTS"
done
check_eq "other private keys are hidden before login" 1 "$(grep -c '^Private Key' <<<"$OBJECTS")"
check_eq "and seen after it" 4 "$(user -O | grep -c '^Private Key')"
check_eq "no holder's name in what is free to read" 0 "$(grep -ciE 'ibanez|itzel' <<<"$OBJECTS")"

# ---- signatures, judged by openssl with the certificates ----
head -c 32 /dev/urandom >"$WORK/hash"
for id in 01 02 03 04; do
    check "reads certificate $id" public_key $id
done
check "9A signs a hash" user --sign --id 01 -m ECDSA -i "$WORK/hash" -o "$WORK/sig" --signature-format openssl
check "openssl verifies it" openssl pkeyutl -verify -pubin -inkey "$WORK/01.pem" -in "$WORK/hash" -sigfile "$WORK/sig"
refuse "but not with another key" openssl pkeyutl -verify -pubin -inkey "$WORK/02.pem" -in "$WORK/hash" \
    -sigfile "$WORK/sig"
for hash in SHA1 SHA224 SHA256 SHA384 SHA512; do
    check "9A signs with $hash" user --sign --id 01 -m ECDSA-$hash -i "$BATCH" -o "$WORK/sig" --signature-format openssl
    check "openssl verifies it" openssl dgst -$hash -verify "$WORK/01.pem" -signature "$WORK/sig" "$BATCH"
done
check "9C signs with the PIN for it" user --sign --id 02 -m ECDSA-SHA256 -i "$BATCH" -o "$WORK/sig" \
    --signature-format openssl
check "openssl verifies it" openssl dgst -sha256 -verify "$WORK/02.pem" -signature "$WORK/sig" "$BATCH"
call sign 04 <"$BATCH" >"$WORK/raw" || fail "9E signs without login"
to_der "$WORK/raw" "$WORK/sig"
check "9E signs without login" openssl dgst -sha256 -verify "$WORK/04.pem" -signature "$WORK/sig" "$BATCH"
refuse "9A doesn't" call sign 01
openssl ecparam -name prime256v1 -genkey -noout -out "$WORK/peer.pem"
openssl pkey -in "$WORK/peer.pem" -pubout -outform DER -out "$WORK/peer.der"
check "9D derives" user --derive --id 03 -m ECDH1-DERIVE --input-file "$WORK/peer.der" --output-file "$WORK/z"
openssl pkeyutl -derive -inkey "$WORK/peer.pem" -peerkey "$WORK/03.pem" -out "$WORK/expected"
check "what openssl derives" cmp "$WORK/z" "$WORK/expected"
check "pkcs11-tool's own test" user --test

# ---- PINs ----
refuse "a wrong PIN is refused" tool --login --pin 000000 -O
check_match "and counted" 'user PIN count low' "$(foreign pkcs11-tool --module "$M" -L)"
check "the PIN is changed" user --change-pin --new-pin 13572468
PIN=13572468
check_match "the new one works" 'PIV AUTH key' "$(user -O)"
refuse "the old one doesn't" tool --login --pin 246810 -O
check "the counter is full again after a success" user -O
check_eq "nobody is left logged in" 63C3 "$(pin_state 0)"

# ---- readers ----
check "another connection resets the card" call reset $PIN
MS=$(call finalize)
check "C_Finalize frees a waiter within 100 ms (${MS:-?})" test "${MS:-999}" -lt 100
mkfifo "$WORK/events"
call wait 4 >"$WORK/events" &
WAITER=$!
{
    read -r line
    check_eq "the waiter waits" ready "$line"
    card pull 0 || fail "pull"
    read -r line
    check_eq "sees the card go" "slot 0 empty" "$line"
    card start 0 || fail "start"
    read -r line
    check_eq "sees it come" "slot 0 card" "$line"
    card pull 1 || fail "pull"
    read -r line
    check_eq "sees the other reader" "slot 1 empty" "$line"
    card pull 0 || fail "pull"
    read -r line
    check_eq "and the first again" "slot 0 empty" "$line"
} <"$WORK/events"
wait $WAITER
check_eq "no card: an empty slot" 2 "$(foreign pkcs11-tool --module "$M" -L 2>&1 | grep -c '(empty)')"
finish
