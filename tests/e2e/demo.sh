#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The demo goes through, is quick, and leaves what it says.
. "$(dirname "$0")/lib.sh"
began=$SECONDS
out=$(foreign tools/demo 2>&1) || stop "the demo" "$out"
ok "the demo"
check "in less than 10 s" [ $((SECONDS - began)) -lt "$([ -n "${SAN:-}" ] && echo 60 || echo 10)" ]
check_eq "two cards accepted, one rejected" "2 1" \
    "$(grep -c 'verdict: ACCEPT$' <<<"$out") $(grep -c 'verdict: REJECT_SIGNATURE$' <<<"$out")"
check_match "the card came with a delivery" 'SANDBOX, of [0-9-]+: 16 chips, 16 blank' "$out"
check_match "and is out of stock" 'SANDBOX, of [0-9-]+: 16 chips, 15 blank, 1 issued' "$out"
check_match "OpenSSL agrees with the signature" 'Verified OK' "$out"
check_eq "the portrait is a PNG" PNG "$(head -c 4 "$BUILD/demo/portrait.png" | tail -c 3)"
check_eq "the report says so to programs" ACCEPT "$(jq -r .verdict "$BUILD/demo/report.json")"
for file in issued.json verify.txt verify-with-pin.txt verify-forged.txt 9a.pem signature.der trust/csca.pem; do
    check "left: $file" [ -s "$BUILD/demo/$file" ]
done
groups() { grep -o '(DG[0-9]*' "$BUILD/demo/docket-$1.txt" | tr -d '(' | xargs; }
check_eq "benefits saw its groups" "DG17 DG21" "$(groups benefits)"
check_eq "status the one" "DG19" "$(groups status)"
check_eq "the officer all" "DG17 DG19 DG20 DG21" "$(groups officer)"
check_eq "the refused one none" "" "$(cat "$BUILD/demo/docket-refused.txt")"
check "no PIN is left" sh -c "! grep -rq 135790 '$BUILD/demo'"
finish
