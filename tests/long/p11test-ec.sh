#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# OpenSC's p11test with an issued card.
. "$(dirname "$0")/../e2e/lib.sh"
. tests/lib/p11test.sh
station
issue_card 0 10
hand_over 0 246810
p11test 246810
finish
