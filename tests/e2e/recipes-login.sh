#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Logging in at the machine with the card (pam_p11), and programs that only look at the token: openvpn, pkcs11-dump,
# pkcs11_listcerts of pam_pkcs11, p11-kit's server and proxy, p11tool.
. "$(dirname "$0")/lib.sh"
M=$LIB/sdc-pkcs11.so PIN=246810
station
issue_card 0 6
hand_over 0 $PIN
LABEL=$(pkcs11-tool --module "$M" -L 2>/dev/null | sed -n 's/^ *token label *: //p')
pkcs11-tool --module "$M" --read-object --type cert --id 01 -o "$WORK/01.der" >/dev/null 2>&1

# ---- pam_p11: a user whose home knows the card ----
PAM_P11=$(find "$BUILD/judges" -name pam_p11.so)
mkdir -p "$WORK/pam.d" "$WORK/home/.ssh" "$WORK/home/.eid"
echo "auth required $PAM_P11 $M" >"$WORK/pam.d/desk"
pam_login() { as_holder "$BUILD/tests/pam-login" "$WORK/pam.d" desk holder <<<"$1"; }
# pam_p11 0.3.1 may crash where nothing matches: it then reads past its list of certificates
not_in() { ! pam_login $PIN; }
ssh-keygen -q -t ecdsa -N '' -f "$WORK/other"
cp "$WORK/other.pub" "$WORK/home/.ssh/authorized_keys"
check "a card that the user's home doesn't know isn't let in" not_in
ssh-keygen -D "$M" 2>/dev/null | grep 'PIV AUTH pubkey' >"$WORK/home/.ssh/authorized_keys"
check "pam_p11 lets the holder in, by an ssh key" pam_login $PIN
refuse "not with a wrong PIN" pam_login 000000
check "the right one makes that good" pam_login $PIN
rm "$WORK/home/.ssh/authorized_keys"
openssl x509 -inform DER -in "$WORK/01.der" -out "$WORK/home/.eid/authorized_certificates"
check "pam_p11 lets the holder in, by certificate" pam_login $PIN

# ---- programs that look ----
out=$(judge openvpn --show-pkcs11-ids "$M" 2>&1)
check_eq "openvpn shows four certificates" 4 "$(grep -c 'Serialized id: ' <<<"$out")"
check_match "under the token's name" "Serialized id: +Secure.*Docket.*Card" "$out"
check_match "pkcs11-dump lists the slots" 'Docket Reader A 00 00' "$(judge pkcs11-dump slotlist "$M" 2>&1)"
out=$(judge pkcs11-dump dump "$M" 0 $PIN 2>&1)
check_eq "pkcs11-dump dumps four private keys" 4 "$(grep -c 'CKA_CLASS: CKO_PRIVATE_KEY' <<<"$out")"
cp "$M" "$WORK/owned.so" # pam_pkcs11 loads only what root owns
cat >"$WORK/pam_pkcs11.conf" <<CONF
pam_pkcs11 {
    use_pkcs11_module = sdc;
    pkcs11_module sdc { module = $WORK/owned.so; description = "docket card"; slot_num = 0; support_threads = false; ca_dir = $WORK; crl_dir = $WORK; cert_policy = none; }
    use_mappers = null;
}
CONF
check_eq "pkcs11_listcerts lists four certificates" 4 "$(LD_LIBRARY_PATH=$(judge_libraries) with_mount "$WORK" "$WORK" "$BUILD/judges/usr/bin/pkcs11_listcerts" config_file="$WORK/pam_pkcs11.conf" <<<$PIN 2>&1 | grep -c '^Certificate #')"

# ---- p11-kit ----
export XDG_RUNTIME_DIR=$WORK/run
mkdir -p "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
eval "$(p11-kit server --provider "$M" "pkcs11:")"
CLIENT=$(find /usr/lib -name p11-kit-client.so)
out=$(pkcs11-tool --module "$CLIENT" --login --pin $PIN -O 2>&1)
check_eq "over p11-kit's server: four private keys" 4 "$(grep -c '^Private Key Object' <<<"$out")"
head -c 32 /dev/urandom >"$WORK/h"
check "and a signature" pkcs11-tool --module "$CLIENT" --login --pin $PIN --sign --id 01 -m ECDSA -i "$WORK/h" -o "$WORK/s" --signature-format openssl
check "openssl verifies it" openssl pkeyutl -verify -certin -inkey <(openssl x509 -inform DER -in "$WORK/01.der") -in "$WORK/h" -sigfile "$WORK/s"
kill "$P11_KIT_SERVER_PID"
unset P11_KIT_SERVER_ADDRESS
mkdir "$WORK/modules"
printf 'module: %s\n' "$M" >"$WORK/modules/sdc-pkcs11.module"
kit() { with_mount "$WORK/modules" /usr/share/p11-kit/modules "$@"; }
check_match "p11-kit lists the module" "token: $LABEL" "$(kit p11-kit list-modules 2>&1)"
PROXY=$(find /usr/lib -name p11-kit-proxy.so | head -n 1)
out=$(kit pkcs11-tool --module "$PROXY" --token-label "$LABEL" --login --pin $PIN -O 2>&1)
check_eq "over p11-kit-proxy: four private keys" 4 "$(grep -c '^Private Key Object' <<<"$out")"
finish
