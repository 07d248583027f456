#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# sandbox: --reader YubicoYubikey
# Programs that others wrote, on an issued card: OpenSC by its own PIV driver, Yubico's ykcs11 (which takes the reader's
# name for a token's), GnuTLS and OpenSSH through our module; openssl judges.
. "$(dirname "$0")/lib.sh"
M=$LIB/sdc-pkcs11.so
PIN=246810
station
issue_card 0 2
hand_over 0 $PIN
GUID=$(jq -r .guid "$WORK/issued-0.json" | tr -d -)
head -c 32 /dev/urandom >"$WORK/hash"

# ---- OpenSC's own driver: PIV as others read it ----
DUMP=$(pkcs15-tool -D 2>&1)
check_match "OpenSC knows the card" 'PKCS#15 Card \[PIV_II\]' "$DUMP"
check_match "by its GUID" "Serial number *: $GUID" "$DUMP"
check_eq "with four keys" 4 "$(grep -c '^Private EC Key' <<<"$DUMP")"
check_eq "and four certificates" 4 "$(grep -c '^X.509 Certificate' <<<"$DUMP")"
LIST=$(pkcs11-tool -O 2>&1)
for label in "Certificate for PIV Authentication" "Certificate for Digital Signature" "Certificate for Key Management" \
    "Certificate for Card Authentication" "Security Object" "Discovery Object"; do
    check_match "OpenSC lists $label" "label: +'?$label" "$LIST"
done
for id in 01 02 04; do
    pkcs11-tool --read-object --type cert --id $id -o "$WORK/$id.der" >/dev/null 2>&1
    openssl x509 -inform DER -in "$WORK/$id.der" -noout -pubkey >"$WORK/$id.pem"
    check "OpenSC signs with $id" pkcs11-tool --login --pin $PIN --sign --id $id -m ECDSA -i "$WORK/hash" \
        -o "$WORK/sig" --signature-format openssl
    check "openssl verifies it" openssl pkeyutl -verify -pubin -inkey "$WORK/$id.pem" -in "$WORK/hash" \
        -sigfile "$WORK/sig"
    foreign pkcs11-tool --module "$M" --read-object --type cert --id $id -o "$WORK/ours.der" >/dev/null 2>&1
    check "our module gives the same certificate" cmp "$WORK/$id.der" "$WORK/ours.der"
done
refuse "a wrong PIN is refused" pkcs11-tool --login --pin 000000 -O
check "and the right one ends it" pkcs11-tool --login --pin $PIN -O
# kind, id and label of each object that has an id
ids() { awk '/^[A-Z].* (Object|cert)/ { kind = $1 } /label:/ { sub(/^ *label: */, ""); label = $0 }
    /^  ID:/ { print kind, $2, label }' | grep -vE '^(Data|Profile)' | sort; }
check_eq "ids and labels are OpenSC's" "$(pkcs11-tool --login --pin $PIN -O 2>/dev/null | ids)" \
    "$(foreign pkcs11-tool --module "$M" --login --pin $PIN -O 2>/dev/null | ids)"

# ---- ykcs11 ----
YKCS11=$(find /usr/lib -name 'libykcs11.so*' | head -n 1)
yk() { pkcs11-tool --module "$YKCS11" "$@"; }
check_eq "ykcs11 finds the four certificates" 4 "$(yk -O --type cert 2>/dev/null | grep -c 'label:.*X.509 Certificate for')"
for id in 01 02 04; do
    check "ykcs11 signs with $id" yk --login --pin $PIN --sign --id $id -m ECDSA -i "$WORK/hash" -o "$WORK/sig" \
        --signature-format openssl
    check "openssl verifies it" openssl pkeyutl -verify -pubin -inkey "$WORK/$id.pem" -in "$WORK/hash" \
        -sigfile "$WORK/sig"
done
refuse "ykcs11 can't generate on an issued card" yk --login --login-type so \
    --so-pin 010203040506070801020304050607080102030405060708 --keypairgen --key-type EC:prime256v1 --id 01

# ---- GnuTLS ----
URL=$(foreign p11tool --provider "$M" --list-token-urls)
gnutls_sign() { GNUTLS_PIN=$PIN foreign p11tool --provider "$M" --login --test-sign "$URL;id=%$1;type=private"; }
check_match "GnuTLS finds the token" 'token=Docket%20Card%20' "$URL"
ALL=$(GNUTLS_PIN=$PIN foreign p11tool --provider "$M" --login --list-all "$URL" 2>&1)
check_eq "lists four certificates" 4 "$(grep -c 'type=cert$' <<<"$ALL")"
check_eq "and four private keys" 4 "$(grep -c 'type=private$' <<<"$ALL")"
for id in 01 02 04; do
    check "GnuTLS signs with $id and verifies" gnutls_sign $id
done

# ---- OpenSSH ----
KEYS=$(foreign ssh-keygen -D "$M" 2>&1)
check_eq "ssh-keygen gives four keys" 4 "$(grep -c '^ecdsa-sha2-nistp256 ' <<<"$KEYS")"
grep 'PIV AUTH pubkey' <<<"$KEYS" >"$WORK/k.pub"
check_eq "9A is the certificate's key" "$(openssl pkey -pubin -in "$WORK/01.pem")" \
    "$(ssh-keygen -e -m PKCS8 -f "$WORK/k.pub" | openssl pkey -pubin)"
finish
