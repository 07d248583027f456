#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cards: 4
# 10,000 insertions in four readers while threads sign: with cards in this process as fast as they go, and 2,000 over
# pcscd, which sees a card come or go a few times a second. SDC_SOAK_SWAPS says another number for pcscd.
. "$(dirname "$0")/../e2e/lib.sh"
for signers in 4 8; do
    OUT=$(SDC_SOAK_INSERTIONS=10000 SDC_SOAK_SIGNERS=$signers CK_TIMEOUT_MULTIPLIER=20 "$BUILD/tests/test_pkcs11_soak" 2>&1)
    check_match "$signers threads: $(head -n 1 <<<"$OUT")" '^1 passed, 0 failed$' "$OUT"
done
OUT=$(SDC_SOAK_SWAPS=${SDC_SOAK_SWAPS:-2000} bash tests/e2e/pkcs11-soak.sh 2>&1)
check_match "over pcscd: $(head -n 1 <<<"$OUT")" '^1 passed, 0 failed$' "$OUT"
finish
