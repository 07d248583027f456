#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cards: 4
# Swaps in four readers of pcscd while four threads sign with whatever is there and one waits for events, through the real
# module. SDC_SOAK_SWAPS says how many insertions; pcscd sees a card come or go a few times a second.
. "$(dirname "$0")/lib.sh"
station
for reader in 0 1 2 3; do
    issue_card $reader $((reader + 1))
    card pull $reader || stop "pull $reader"
done
OUT=$(foreign "$BUILD/tests/module-soak" "$LIB/sdc-pkcs11.so" "${SDC_SOAK_SWAPS:-24}" "$TOP/tools/sandbox-card pull" \
    "$TOP/tools/sandbox-card start" 2>&1)
check_eq "no event lost, nothing grows: $OUT" 0 $?
finish
