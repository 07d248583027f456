#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# sandbox: --reader YubicoYubikey --profile legacy-3des
# A card with RSA keys, made by yubico-piv-tool (which wants that reader and a 3DES management key): pkcs11-tool, GnuTLS,
# OpenSSL's engine and ssh-keygen use it through our module; openssl judges.
. "$(dirname "$0")/lib.sh"
M=$LIB/sdc-pkcs11.so PIN=123456
tool() { foreign pkcs11-tool --module "$M" --slot 0 --login --pin $PIN "$@"; }
message=$WORK/m hash=$WORK/h sig=$WORK/s
head -c 1000 "$BATCH" >"$message"
openssl dgst -sha256 -binary -out "$hash" "$message"

rsa_card 0

# ---- pkcs11-tool ----
OBJECTS=$(tool -O 2>&1)
check_eq "four RSA keys" 4 "$(grep -c '^Private Key Object; RSA' <<<"$OBJECTS")"
check "its own test, with RSA signatures and decryption" tool --test
verify() { openssl dgst "-${1,,}" -verify "$WORK/$2.pem" -signature "$sig" "${@:3}" "$message"; }
for id in 01 02 04; do
    check "$id signs with SHA256-RSA-PKCS" tool --sign --id $id -m SHA256-RSA-PKCS -i "$message" -o "$sig"
    check "openssl verifies it" verify SHA256 $id
    refuse "but not with another key" verify SHA256 03
done
for digest in SHA1 SHA224 SHA256 SHA384 SHA512; do
    check "$digest-RSA-PKCS" tool --sign --id 01 -m $digest-RSA-PKCS -i "$message" -o "$sig"
    check "openssl verifies it" verify $digest 01
done
for length in 20 32 0; do
    check "SHA256-RSA-PKCS-PSS, salt of $length" tool --sign --id 01 -m SHA256-RSA-PKCS-PSS --mgf MGF1-SHA256 --salt-len $length \
        -i "$message" -o "$sig"
    check "openssl verifies it" verify SHA256 01 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:$length
done
refuse "openssl wants the right salt length" verify SHA256 01 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20
check "RSA-PKCS-PSS of a hash" tool --sign --id 01 -m RSA-PKCS-PSS --hash-algorithm SHA256 --mgf MGF1-SHA256 --salt-len 32 -i "$hash" -o "$sig"
check "openssl verifies it" verify SHA256 01 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32
printf 'a secret of the host' >"$WORK/plain"
for digest in SHA1 SHA256 SHA512; do
    openssl pkeyutl -encrypt -pubin -inkey "$WORK/03.pem" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:$digest \
        -pkeyopt rsa_mgf1_md:$digest -in "$WORK/plain" -out "$WORK/ct"
    mgf=MGF1-$digest oaep=$digest
    [ $digest != SHA1 ] || oaep=SHA-1
    check "9D decrypts OAEP with $digest" tool --decrypt --id 03 -m RSA-PKCS-OAEP --hash-algorithm $oaep --mgf "$mgf" -i "$WORK/ct" -o "$WORK/out"
    check "to what openssl encrypted" cmp "$WORK/plain" "$WORK/out"
done
openssl pkeyutl -encrypt -pubin -inkey "$WORK/03.pem" -in "$WORK/plain" -out "$WORK/ct"
check "9D decrypts RSA-PKCS" tool --decrypt --id 03 -m RSA-PKCS -i "$WORK/ct" -o "$WORK/out"
check "to what openssl encrypted" cmp "$WORK/plain" "$WORK/out"
printf '\x55' | dd of="$WORK/ct" bs=1 seek=100 conv=notrunc 2>/dev/null
rm -f "$WORK/out"
tool --decrypt --id 03 -m RSA-PKCS-OAEP --hash-algorithm SHA256 --mgf MGF1-SHA256 -i "$WORK/ct" -o "$WORK/out" >"$WORK/log" 2>&1
refuse "a changed ciphertext isn't" cmp "$WORK/plain" "$WORK/out"

# ---- GnuTLS ----
URL=$(foreign p11tool --provider "$M" --list-token-urls)
for id in 01 02 04; do
    check "p11tool --test-sign with $id" env GNUTLS_PIN=$PIN p11tool --provider "$M" --login --test-sign "$URL;id=%$id;type=private"
done

# ---- OpenSSL's engine ----
cat >"$WORK/engine.cnf" <<CNF
openssl_conf = init
[init]
engines = engines
[engines]
pkcs11 = pkcs11
[pkcs11]
engine_id = pkcs11
MODULE_PATH = $M
init = 0
CNF
export OPENSSL_CONF=$WORK/engine.cnf
key="pkcs11:id=%01;type=private;pin-value=$PIN"
check "the engine signs PKCS #1" openssl pkeyutl -engine pkcs11 -keyform engine -inkey "$key" -sign -in "$hash" \
    -pkeyopt digest:sha256 -out "$sig"
check "openssl verifies it" verify SHA256 01
check "the engine signs PSS" openssl pkeyutl -engine pkcs11 -keyform engine -inkey "$key" -sign -in "$hash" -pkeyopt digest:sha256 \
    -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest -out "$sig"
check "openssl verifies it" verify SHA256 01 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32
openssl pkeyutl -encrypt -pubin -inkey "$WORK/03.pem" -pkeyopt rsa_padding_mode:oaep -in "$WORK/plain" -out "$WORK/ct"
check "the engine decrypts OAEP" openssl pkeyutl -engine pkcs11 -keyform engine -inkey "pkcs11:id=%03;type=private;pin-value=$PIN" \
    -decrypt -pkeyopt rsa_padding_mode:oaep -in "$WORK/ct" -out "$WORK/out"
check "to what openssl encrypted" cmp "$WORK/plain" "$WORK/out"
unset OPENSSL_CONF

# ---- OpenSSH ----
foreign ssh-keygen -D "$M" 2>"$WORK/log" | grep 'PIV AUTH pubkey' >"$WORK/k.pub"
check_eq "ssh-keygen gives 9A" "$(openssl pkey -pubin -in "$WORK/01.pem")" \
    "$(ssh-keygen -e -m PKCS8 -f "$WORK/k.pub" | openssl pkey -pubin)"
finish
