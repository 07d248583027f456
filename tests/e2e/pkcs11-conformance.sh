#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# sandbox: --reader YubicoYubikey --profile legacy-3des
# The conformance tables against the real module over pcscd and against SoftHSM2 as control. The card is
# one that yubico-piv-tool fills: its PUK is known.
. "$(dirname "$0")/lib.sh"
SOFTHSM=/usr/lib/softhsm/libsofthsm2.so
conform() { foreign "$BUILD/tests/module-conform" "$@"; }
assertions() { sed -n 's/^\([0-9]*\) assertions, 0 failed.*/\1/p' <<<"$1"; }

yubico() { yubico-piv-tool -r Yubikey -k010203040506070801020304050607080102030405060708 "$@" >>"$WORK/log" 2>&1; }

# ---- our module ----
pin=123456 puk=12345678
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/ca.key" -subj /CN=any \
        -out "$WORK/ca.crt"
    openssl req -new -key "$WORK/ca.key" -subj /CN=any -out "$WORK/any.csr"
} 2>>"$WORK/log"
for key in 9a 9e; do
    yubico -s $key -A ECCP256 -a generate -o "$WORK/$key.pub" || stop "a key" "$(cat "$WORK/log")"
    openssl x509 -req -in "$WORK/any.csr" -CA "$WORK/ca.crt" -CAkey "$WORK/ca.key" -force_pubkey "$WORK/$key.pub" \
        -set_serial 7 -out "$WORK/$key.crt" 2>>"$WORK/log"
    yubico -s $key -a import-certificate -i "$WORK/$key.crt" || stop "a certificate" "$(cat "$WORK/log")"
done
yubico -a set-chuid -a set-ccc || stop "identifiers" "$(cat "$WORK/log")"
OUT=$(conform "$LIB/sdc-pkcs11.so" $pin $puk "$TOP/tools/sandbox-card pull 0" "$TOP/tools/sandbox-card start 0" 2>&1)
check_match "our module answers as the tables say" ' assertions, 0 failed, 0 listed differences$' "$OUT"
N=$(assertions "$OUT")
check "in more than 1,500 assertions (${N:-none})" test "${N:-0}" -gt 1500
refuse "a wrong PUK fails" conform "$LIB/sdc-pkcs11.so" $pin 00000000

# ---- the control ----
mkdir "$WORK/tokens"
cat >"$WORK/softhsm.conf" <<CONF
directories.tokendir = $WORK/tokens
objectstore.backend = file
log.level = ERROR
CONF
OUT=$(SOFTHSM2_CONF=$WORK/softhsm.conf conform --control $SOFTHSM $pin $puk 2>&1)
check_match "SoftHSM2 differs where the list says, and nowhere else" ' assertions, 0 failed, [1-9][0-9]* listed' "$OUT"
N=$(assertions "$OUT")
check "in more than 1,500 assertions (${N:-none})" test "${N:-0}" -gt 1500
finish
