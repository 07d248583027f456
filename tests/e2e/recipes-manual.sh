#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The recipes of sdc-pkcs11(8), copied from the installed page and run as they stand there, with the installed module.
# (Java's: tests/long/recipes-java.sh.)
. "$(dirname "$0")/lib.sh"
export PREFIX=$WORK/p PIN=246810
station
issue_card 0 8
hand_over 0 $PIN
env -u MAKEFLAGS -u MAKELEVEL make -s install PREFIX="$PREFIX" >"$WORK/log" 2>&1 || stop "make install" "$(cat "$WORK/log")"
M=$PREFIX/lib/pkcs11/sdc-pkcs11.so
mkdir -p "$WORK/home/.ssh"
export HOME=$WORK/home
cd "$HOME" || stop "a home"
run() { recipe "$1" >"$WORK/$1.sh" && [ -s "$WORK/$1.sh" ] && bash -e "$WORK/$1.sh"; }
head -c 300 "$TOP/$BATCH" >message
openssl dgst -sha256 -binary -out expected message
printf %s $PIN >pin
cp "$SDC_HOME/trust/card-ca.pem" .
key() { pkcs11-tool --module "$M" --read-object --type cert --id "$1" -o "$1.der" >/dev/null 2>&1 && openssl x509 -inform DER -in "$1.der" -noout -pubkey >"$1.pem"; }
for id in 01 04; do key $id || stop "certificate $id"; done

# ---- pkcs11-tool ----
check "pkcs11-tool" run pkcs11-tool
check "reads the certificate" cmp card.der 01.der
check "and signs" openssl dgst -sha256 -verify 01.pem -signature signature message

# ---- OpenSSH ----
printf '#!/bin/sh\necho %s\n' $PIN >ask
chmod 755 ask "$WORK"
export SSH_ASKPASS=$HOME/ask SSH_ASKPASS_REQUIRE=force
check "ssh-keygen -D" run ssh-keys
check_eq "gives 9A" "$(cat 01.pem)" "$(ssh-keygen -e -m PKCS8 -f card.pub | openssl pkey -pubin)"
check "agent and signed file" run ssh-agent
echo "holder $(cat card.pub)" >signers
verify() { ssh-keygen -Y verify -f signers -I holder -n file -s message.sig <message; }
check "the signature verifies" verify
ssh-keygen -q -t ed25519 -N '' -f host
cp card.pub .ssh/authorized_keys
recipe ssh-config >.ssh/config
cat >>.ssh/config <<CONF
Host desk
    Hostname 127.0.0.1
    Port 2222
    User holder
    UserKnownHostsFile $HOME/known
CONF
echo "[127.0.0.1]:2222 $(cut -d ' ' -f 1,2 host.pub)" >known
printf '%s\n' "ListenAddress 127.0.0.1" "Port 2222" "HostKey $HOME/host" "PidFile $WORK/sshd.pid" "StrictModes no" \
    "AuthorizedKeysFile $HOME/.ssh/authorized_keys" "AuthenticationMethods publickey" "UsePAM no" >"$WORK/sshd.conf"
as_holder env LD_LIBRARY_PATH="$(judge_libraries)" "$BUILD/judges/usr/sbin/sshd" -f "$WORK/sshd.conf" -D -E "$WORK/sshd.log" &
wait_for grep -q 'Server listening' "$WORK/sshd.log" || stop "sshd" "$(cat "$WORK/sshd.log")"
check_eq "ssh desk" "logged in" "$(as_holder ssh desk echo logged in 2>"$WORK/log")"
kill "$(cat "$WORK/sshd.pid")"

# ---- NSS ----
mkdir profile
certutil -N -d sql:profile --empty-password
check_eq "NSS lists four certificates without a PIN" 4 "$(run nss </dev/null 2>&1 | grep -c 'Docket Card .*:Certificate for')"

# ---- OpenSSL, nginx and curl, GnuTLS ----
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
recipe openssl-config >card.cnf
rm signature
check "openssl" run openssl
for id in 01 04; do
    of=signature
    [ $id = 01 ] || of=signature-$id
    check "openssl verifies what $id signed" openssl pkeyutl -verify -pubin -inkey $id.pem -in expected -sigfile $of
done
{
    [ "$(id -u)" != 0 ] || echo "user root;"
    echo "daemon off; error_log $WORK/error.log; pid $WORK/nginx.pid; events {} http { access_log off;"
    for part in client_body proxy fastcgi uwsgi scgi; do echo "${part}_temp_path $WORK/$part;"; done
    echo "server { listen 127.0.0.1:8443 ssl; ssl_certificate s.pem; ssl_certificate_key s.key; root $HOME;"
    recipe nginx
    echo "} }"
} >nginx.conf
judge nginx -c "$HOME/nginx.conf" -e "$WORK/error.log" 2>"$WORK/log" &
wait_for test -s "$WORK/nginx.pid" || stop "nginx" "$(cat "$WORK/log" "$WORK/error.log")"
echo "for holders only" >index.html
printf 'cacert = "%s"\ninclude\nsilent\n' "$HOME/s.pem" >.curlrc
out=$(run curl 2>&1)
check_match "curl is let in by nginx" '^Client: SUCCESS' "$out"
check_match "and gets the page" '^for holders only' "$out"
check_match "who has no card isn't" '400 No required' "$(curl https://localhost:8443/ 2>&1)"
sed -i 's/^gnutls-cli /&--x509cafile s.pem /' "$PREFIX/share/man/man8/sdc-pkcs11.8"
export GNUTLS_PIN=$PIN
out=$(run gnutls 2>&1)
check_eq "p11tool lists four certificates" 4 "$(grep -c 'type=cert$' <<<"$out")"
check_match "gnutls-cli shakes hands" 'Handshake was completed' "$out"
kill "$(cat "$WORK/nginx.pid")"

# ---- OpenVPN, PAM ----
openvpn() { judge openvpn "$@"; }
export -f openvpn judge judge_libraries
export BUILD
check_eq "openvpn shows four ids" 4 "$(run openvpn 2>&1 | grep -c 'Serialized id: ')"
mkdir "$WORK/pam.d"
recipe pam | sed "s|pam_p11.so|$(find "$BUILD/judges" -name pam_p11.so)|" >"$WORK/pam.d/desk"
pam_login() { as_holder "$BUILD/tests/pam-login" "$WORK/pam.d" desk holder <<<"$1"; }
check "pam_p11 lets the holder in" pam_login $PIN
refuse "not with a wrong PIN" pam_login 000000

# ---- each recipe is run ----
cd "$TOP" || exit 1
grep -o 'recipe [a-z0-9-]*$' pkcs11/sdc-pkcs11.8 | sort >"$WORK/written"
grep -ohE '\b(run|recipe) [a-z0-9-]+' tests/e2e/recipes-manual.sh tests/long/recipes-java.sh | sed 's/^run/recipe/' | sort -u >"$WORK/tested"
check_eq "every recipe is tested" '' "$(comm -23 "$WORK/written" "$WORK/tested")"
finish
