#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# TLS with the card's certificate, and what else OpenSSL and GnuTLS do with it: OpenSSL's engine, curl against nginx,
# gnutls-cli against gnutls-serv; each server refuses who comes without the card.
. "$(dirname "$0")/lib.sh"
M=$LIB/sdc-pkcs11.so PIN=246810
station
issue_card 0 4
hand_over 0 $PIN
cd "$WORK" || stop "a scratch folder"
head -c 32 /dev/urandom >h
for id in 01 02 04; do
    pkcs11-tool --module "$M" --read-object --type cert --id $id -o $id.der >log 2>&1 || stop "certificate $id" "$(cat log)"
    openssl x509 -inform DER -in $id.der -noout -pubkey >$id.pem
done
cp "$SDC_HOME/trust/card-ca.pem" cardca.pem

# a server's certificate, signed by itself
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.pem -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null

# ---- OpenSSL's engine ----
cat >eng.cnf <<CNF
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
engine() { OPENSSL_CONF=eng.cnf "$@"; }
verify() { openssl pkeyutl -verify -pubin -inkey "$1.pem" -in h -sigfile s; }
check "the engine signs with 9E without PIN" engine openssl pkeyutl -engine pkcs11 -keyform engine -inkey "pkcs11:id=%04;type=private" -sign -in h -out s
check "openssl verifies it" verify 04
K="pkcs11:id=%01;type=private;pin-value=$PIN"
check "and with 9A" engine openssl pkeyutl -engine pkcs11 -keyform engine -inkey "$K" -sign -in h -out s
check "openssl verifies it" verify 01
check_eq "nobody is left logged in, though openssl ends without C_Finalize" 63C3 "$(pin_state 0)"
refuse "but not with another key" verify 04
check "a request signed with 9A" engine openssl req -new -engine pkcs11 -keyform engine -key "$K" -subj /CN=holder -out r.pem
check "openssl verifies it" openssl req -in r.pem -noout -verify
check "CMS signed with 9A" engine openssl cms -sign -engine pkcs11 -keyform engine -inkey "$K" \
    -signer <(openssl x509 -inform DER -in 01.der) -nodetach -in h -binary -outform DER -out cms.der
check "openssl verifies it against the issuer's CA" openssl cms -verify -inform DER -in cms.der -binary -CAfile cardca.pem -purpose any -out out
check "to what was signed" cmp h out

# ---- curl and nginx ----
mkdir -p www
echo "for holders only" >www/index.html
cat >nginx.conf <<CONF
daemon off;
error_log $WORK/error.log;
pid $WORK/nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path $WORK/t1; proxy_temp_path $WORK/t2; fastcgi_temp_path $WORK/t3;
    uwsgi_temp_path $WORK/t4; scgi_temp_path $WORK/t5;
    server {
        listen 127.0.0.1:8443 ssl;
        ssl_certificate $WORK/s.pem;
        ssl_certificate_key $WORK/s.key;
        ssl_client_certificate $WORK/cardca.pem;
        ssl_verify_client on;
        ssl_verify_depth 2;
        root $WORK/www;
        add_header Client \$ssl_client_verify;
    }
}
CONF
[ "$(id -u)" != 0 ] || sed -i '1i user root;' nginx.conf
judge nginx -c "$WORK/nginx.conf" -e "$WORK/error.log" 2>nginx.log &
wait_for test -s nginx.pid || stop "nginx" "$(cat nginx.log error.log)"
fetch() { engine curl -sS -D head --cacert s.pem "$@" https://localhost:8443/; }
out=$(fetch --engine pkcs11 --cert-type ENG --cert "pkcs11:id=%01;type=cert" --key-type ENG --key "$K" 2>&1)
check_eq "curl gets the page with the card's certificate" "for holders only" "$out"
check_match "nginx has verified it" 'Client: SUCCESS' "$(cat head)"
out=$(fetch --tls-max 1.2 --engine pkcs11 --cert-type ENG --cert "pkcs11:id=%01;type=cert" --key-type ENG --key "$K" 2>&1)
check_eq "and by TLS 1.2" "for holders only" "$out"
check_eq "nobody is left logged in by curl" 63C3 "$(pin_state 0)"
check_match "and refuses who has none" '400 No required SSL certificate' "$(fetch 2>&1)"
check_match "and who has another's" '400 The SSL certificate error' "$(fetch --cert s.pem --key s.key 2>&1)"
kill "$(cat nginx.pid)"

# ---- GnuTLS ----
U=$(p11tool --provider "$M" --list-token-urls)
export GNUTLS_PIN=$PIN
check_match "GnuTLS finds the token" 'token=Docket%20Card%20' "$U"
for id in 01 02 04; do
    check "p11tool --test-sign with $id" p11tool --provider "$M" --login --test-sign "$U;id=%$id;type=private"
done
gnutls-serv --echo -p 5556 --require-client-cert --verify-client-cert --x509cafile cardca.pem --x509keyfile s.key --x509certfile s.pem \
    >serv.log 2>&1 &
server=$!
wait_for grep -q "Server listening on IPv4" serv.log || stop "gnutls-serv" "$(cat serv.log)"
client() { gnutls-cli -p 5556 --x509cafile s.pem "$@" localhost <<<"an echo"; }
out=$(client --provider "$M" --x509keyfile "$U;id=%01;type=private" --x509certfile "$U;id=%01;type=cert" 2>&1)
check_match "gnutls-cli shakes hands with the card" 'Handshake was completed' "$out"
check_match "and is answered" '^an echo$' "$out"
check_eq "nobody is left logged in by gnutls-cli" 63C3 "$(pin_state 0)"
out=$(client 2>&1)
check_eq "who has no card isn't" 0 "$(grep -c '^an echo$' <<<"$out")"
kill $server
cd "$TOP" || exit 1
finish
