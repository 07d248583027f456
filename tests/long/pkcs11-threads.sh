#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cards: 4
# The module under the thread sanitizer, in a build folder of its own: eight threads sign in four readers whose cards are
# swapped, in this process and over pcscd, and what else has threads; then a soak and the conformance tables under valgrind.
. "$(dirname "$0")/../e2e/lib.sh"
PLAIN=$BUILD THREADS=$BUILD/tsan
export TSAN_OPTIONS="halt_on_error=1:exitcode=66:second_deadlock_stack=1:suppressions=$TOP/tests/lib/tsan.supp"
export CK_TIMEOUT_MULTIPLIER=10
env -u MAKEFLAGS -u MAKELEVEL make -j"$(nproc)" B="$THREADS" SAN=thread "$THREADS/lib/sdc-pkcs11.so" \
    "$THREADS"/tests/{test_pkcs11_soak,test_pkcs11_slots,test_pkcs11_login,module-soak} >"$WORK/make.log" 2>&1 ||
    stop "a build with the thread sanitizer" "$(tail -n 20 "$WORK/make.log")"

# ---- it sees a race where there is one ----
cat >"$WORK/race.c" <<'RACE'
#include <pthread.h>
static int n;
static void *add(void *arg) { n++; return arg; }
int main(void) { pthread_t t; pthread_create(&t, 0, add, 0); n++; pthread_join(t, 0); return n - n; }
RACE
gcc -fsanitize=thread -o "$WORK/race" "$WORK/race.c" -lpthread
expect_status 66 "$WORK/race"

# ---- the module ----
for test in test_pkcs11_slots test_pkcs11_login; do
    check "$test" "$THREADS/tests/$test"
done
check "eight threads, four readers, 2,000 insertions" env SDC_SOAK_SIGNERS=8 SDC_SOAK_INSERTIONS=2000 \
    "$THREADS/tests/test_pkcs11_soak"
station
for reader in 0 1 2 3; do
    issue_card $reader $((reader + 1))
    card pull $reader || stop "pull $reader"
done
# libpcsclite with the sanitizer, too: its lists of handles have no lock of their own
mkdir "$WORK/pcsc" && : >"$WORK/pcsc/config.h"
(cd "$BUILD/judges/pcsc-lite/src" && sed 's/@VERSION@/test/' pcscd.h.in >"$WORK/pcsc/pcscd.h" &&
    gcc -w -shared -fPIC -g -O1 -fsanitize=thread -DLIBPCSCLITE '-DUSE_IPCDIR="/run/pcscd"' "-I$WORK/pcsc" -I. -IPCSC -I/usr/include/PCSC \
        -o "$WORK/pcsc/libpcsclite.so.1" winscard_clnt.c winscard_msg.c simclist.c debug.c error.c sys_unix.c utils.c -lpthread) \
    >"$WORK/log" 2>&1 || stop "libpcsclite with the thread sanitizer" "$(cat "$WORK/log")"
check "over pcscd" env LD_LIBRARY_PATH="$WORK/pcsc" "$THREADS/tests/module-soak" "$THREADS/lib/sdc-pkcs11.so" 48 \
    "$TOP/tools/sandbox-card pull" "$TOP/tools/sandbox-card start"

# ---- valgrind ----
grind() { CK_FORK=no valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite "$@"; }
SDC_SOAK_INSERTIONS=80 check "valgrind: a soak" grind "$PLAIN/tests/test_pkcs11_soak"
check "valgrind: the conformance tables" grind "$PLAIN/tests/test_pkcs11_conformance"
finish
