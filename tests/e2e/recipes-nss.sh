#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# NSS, which Firefox and Thunderbird use, with the module in a database of its own: keys, a TLS login with the card's
# certificate, a signed message; openssl judges that.
. "$(dirname "$0")/lib.sh"
M=$LIB/sdc-pkcs11.so PIN=246810
station
issue_card 0 5
hand_over 0 $PIN
cd "$WORK" || stop "a scratch folder"
LABEL=$(pkcs11-tool --module "$M" -L 2>/dev/null | sed -n 's/^ *token label *: //p')
echo $PIN >pin
mkdir db srv
certutil -N -d sql:db --empty-password >log 2>&1 && certutil -N -d sql:srv --empty-password >>log 2>&1 || stop "certutil -N" "$(cat log)"
check "modutil adds the module" modutil -force -dbdir sql:db -add SDC -libfile "$M" -mechanisms FRIENDLY
check_match "and lists its token" "Token Name: $LABEL *\$" "$(modutil -dbdir sql:db -list SDC 2>&1)"
certutil -A -d sql:db -n card-ca -t CT,CT,CT -i "$SDC_HOME/trust/card-ca.pem" || stop "trust the issuer"
check_eq "certutil lists four keys" 4 "$(certutil -K -d sql:db -h "$LABEL" -f pin 2>&1 | grep -c '^<')"
check_eq "and four certificates, without PIN" 4 "$(certutil -L -d sql:db -h "$LABEL" </dev/null 2>&1 | grep -c 'Certificate for')"
check "the certificate is good for a client" certutil -V -d sql:db -u C -n "$LABEL:Certificate for PIV Authentication" -f pin

# ---- TLS ----
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.pem -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null
openssl pkcs12 -export -in s.pem -inkey s.key -name srv -passout pass: -out s.p12
pk12util -i s.p12 -d sql:srv -W '' >log 2>&1 || stop "the server's key" "$(cat log)"
certutil -A -d sql:srv -n card-ca -t CT,, -i "$SDC_HOME/trust/card-ca.pem"
certutil -A -d sql:db -n srv -t P,, -i s.pem
selfserv -d sql:srv -n srv -p 8444 -r -r -V tls1.2: -i serv.pid >serv.log 2>&1 &
server=$!
wait_for test -s serv.pid || stop "selfserv" "$(cat serv.log)"
wait_for bash -c ': </dev/tcp/127.0.0.1/8444'
client() { tstclnt -d sql:db -h localhost -p 8444 -V tls1.2: "$@" < <(printf 'GET / HTTP/1.0\r\n\r\n') >page 2>&1; }
client -n "$LABEL:Certificate for PIV Authentication" -w $PIN & # stays for more when it has the page
reader=$!
wait_for grep -qE '^HTTP/1\.[01] 200 OK' page
check_match "tstclnt gets a page with the card's certificate" '^HTTP/1\.[01] 200 OK' "$(cat page)"
kill $reader
wait $reader
client
check_eq "and none without" 0 "$(grep -c '200 OK' page)"
kill $server

# ---- a signed message ----
echo "a message" >d
check "cmsutil signs" cmsutil -S -d sql:db -N "$LABEL:Certificate for PIV Authentication" -T -f pin -i d -o d.p7
openssl_verify() { openssl cms -verify -inform DER -in d.p7 -content "$1" -CAfile "$SDC_HOME/trust/card-ca.pem" -purpose any -binary -out out; }
check "openssl verifies it" openssl_verify d
refuse "but not for another message" openssl_verify pin
check "cmsutil signs with 9C" cmsutil -S -d sql:db -N "$LABEL:Certificate for Digital Signature" -T -f pin -i d -o d.p7
check "openssl verifies it" openssl_verify d
cd "$TOP" || exit 1
finish
