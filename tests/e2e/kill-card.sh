#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# sandbox: --blanks 21
# A sample of tests/long/kill-card.sh.
. "$(dirname "$0")/../long/kill-card.sh" 20
