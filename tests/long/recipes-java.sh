#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Java's provider for PKCS#11, by the recipe of sdc-pkcs11(8): here and not in the short suite for the size of its package.
. "$(dirname "$0")/../e2e/lib.sh"
export PREFIX=$WORK/p PIN=246810
station
issue_card 0 9
hand_over 0 $PIN
env -u MAKEFLAGS -u MAKELEVEL make -s install PREFIX="$PREFIX" >"$WORK/log" 2>&1 || stop "make install" "$(cat "$WORK/log")"
cd "$WORK" || stop "a folder"
recipe java-config >card.cfg
echo $PIN >pin
recipe java >list.sh
out=$(bash -e list.sh 2>&1)
check_eq "keytool lists four private keys" 4 "$(grep -c 'PrivateKeyEntry' <<<"$out")"
check_match "by their certificates' labels" '^Certificate for PIV Authentication, PrivateKeyEntry' "$out"
check_eq "nobody is left logged in" 63C3 "$(pin_state 0)"
echo 000000 >pin
refuse "not with a wrong PIN" bash -e list.sh
echo $PIN >pin
pkcs11-tool --module "$PREFIX/lib/pkcs11/sdc-pkcs11.so" --read-object --type cert --id 01 -o 01.der >/dev/null 2>&1
openssl x509 -inform DER -in 01.der -noout -pubkey >01.pem

# keytool signs a certificate request with the card's key: openssl judges it
check "keytool signs a request" keytool -certreq -alias "Certificate for PIV Authentication" -keystore NONE -storetype PKCS11 \
    -storepass:file pin -providerClass sun.security.pkcs11.SunPKCS11 -providerArg card.cfg -file request.pem
check "openssl verifies it" openssl req -in request.pem -noout -verify
check_eq "it is for the card's key" "$(cat 01.pem)" "$(openssl req -in request.pem -noout -pubkey)"
cd "$TOP" || exit 1
finish
