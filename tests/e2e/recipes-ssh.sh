#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# OpenSSH with the card of an issued holder: keys, login at a server directly and by an agent, signed files. The server
# is an ordinary user's, on a port of its own; root's sshd differs in nothing that the card sees.
. "$(dirname "$0")/lib.sh"
M=$LIB/sdc-pkcs11.so PIN=246810
station
issue_card 0 3
hand_over 0 $PIN
SSHD=$BUILD/judges/usr/sbin/sshd
export HOME=$WORK/home SSH_ASKPASS=$WORK/ask SSH_ASKPASS_REQUIRE=force
mkdir -p "$HOME/.ssh"
printf '#!/bin/sh\necho %s\n' $PIN >"$WORK/ask"
chmod 755 "$WORK/ask" "$WORK" "$HOME" "$HOME/.ssh"

# OpenSSH's way to say no
denied() { "$@"; [ $? = 255 ]; }

# ---- keys ----
KEYS=$(ssh-keygen -D "$M" 2>"$WORK/log")
check_eq "ssh-keygen -D gives four keys" 4 "$(grep -c '^ecdsa-sha2-nistp256 ' <<<"$KEYS")"
grep 'PIV AUTH pubkey' <<<"$KEYS" >"$WORK/k.pub"
grep 'SIGN pubkey' <<<"$KEYS" >"$WORK/k2.pub"
pkcs11-tool --module "$M" --read-object --type cert --id 01 -o "$WORK/01.der" >/dev/null 2>&1
check_eq "9A is the certificate's key" "$(openssl x509 -inform DER -in "$WORK/01.der" -noout -pubkey)" \
    "$(ssh-keygen -e -m PKCS8 -f "$WORK/k.pub" | openssl pkey -pubin)"

# ---- a server that takes this key only ----
cp "$WORK/k.pub" "$HOME/.ssh/authorized_keys"
ssh-keygen -q -t ed25519 -N '' -f "$WORK/host"
cat >"$WORK/sshd.conf" <<CONF
ListenAddress 127.0.0.1
Port 2222
HostKey $WORK/host
PidFile $WORK/sshd.pid
AuthorizedKeysFile $HOME/.ssh/authorized_keys
AuthenticationMethods publickey
UsePAM no
StrictModes no
CONF
echo "[127.0.0.1]:2222 $(cut -d ' ' -f 1,2 "$WORK/host.pub")" >"$WORK/known"
as_holder env LD_LIBRARY_PATH="$(judge_libraries)" "$SSHD" -f "$WORK/sshd.conf" -D -E "$WORK/sshd.log" &
server=$!
wait_for grep -q 'Server listening' "$WORK/sshd.log" || stop "sshd" "$(cat "$WORK/sshd.log")"
login() { ssh -F none -o UserKnownHostsFile="$WORK/known" -o PasswordAuthentication=no -p 2222 "$@" holder@127.0.0.1 'echo here: $SSH_CONNECTION'; }
out=$(login -I "$M" 2>"$WORK/log")
check_match "ssh -I logs in with the card" '^here: 127.0.0.1' "$out"
# each key is offered in turn unless a public key picks one
out=$(login -o IdentitiesOnly=yes -o PKCS11Provider="$M" -i "$WORK/k.pub" 2>"$WORK/log")
check_match "and with IdentitiesOnly and a .pub file" '^here: 127.0.0.1' "$out"
check "not with another key of the card" denied login -o IdentitiesOnly=yes -o PKCS11Provider="$M" -i "$WORK/k2.pub"
printf '#!/bin/sh\necho 000000\n' >"$WORK/ask"
check "not with a wrong PIN" denied login -I "$M"
printf '#!/bin/sh\necho %s\n' $PIN >"$WORK/ask"

# ---- the agent ----
eval "$(ssh-agent -P "$(readlink -f "$LIB")/*")" >/dev/null
check "ssh-add -s" ssh-add -s "$M"
check_eq "the agent has four keys" 4 "$(ssh-add -L | grep -c '^ecdsa-sha2-nistp256 ')"
check "ssh-add -T: sign and verify" ssh-add -T "$WORK/k.pub"
out=$(login -o IdentitiesOnly=yes -i "$WORK/k.pub" 2>"$WORK/log")
check_match "ssh logs in through the agent" '^here: 127.0.0.1' "$out"

# ---- signed files ----
cp "$BATCH" "$WORK/d"
check "ssh-keygen -Y sign" ssh-keygen -Y sign -n file -f "$WORK/k.pub" "$WORK/d"
echo "holder $(cat "$WORK/k.pub")" >"$WORK/signers"
verify() { ssh-keygen -Y verify -f "$WORK/signers" -I holder -n file -s "$WORK/d.sig" <"$1"; }
check "ssh-keygen -Y verify" verify "$WORK/d"
check "but not another file" denied verify "$WORK/signers"
check "ssh-add -e" ssh-add -e "$M"
check_eq "the agent has none left" 0 "$(ssh-add -L | grep -c '^ecdsa')"
ssh-agent -k >/dev/null
kill "$(cat "$WORK/sshd.pid")"
wait $server
finish
