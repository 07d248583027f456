#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The PC/SC transport beside other users of the same card: resets are told, pulled cards are told, nobody is disturbed.
. "$(dirname "$0")/lib.sh"
check "resets, removal and insertion" "$BUILD/tests/pcsc-link" 0 "'$TOP/tools/sandbox-card' pull 0" \
    "'$TOP/tools/sandbox-card' start 0"
finish
