#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# sandbox: --reader YubicoYubikey --profile legacy-3des
# OpenSC's p11test with a card that has RSA keys.
. "$(dirname "$0")/../e2e/lib.sh"
. tests/lib/p11test.sh
rsa_card 0
p11test 123456
finish
