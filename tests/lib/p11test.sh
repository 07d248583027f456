# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# OpenSC's p11test, from Debian's source package (tools/setup long fetches it): what tests/long/p11test-*.sh have in common.
M=$LIB/sdc-pkcs11.so
SOURCE=$BUILD/judges/opensc
cp -r "$SOURCE/src" "$WORK/src" || stop "the source package of opensc"
cd "$WORK/src/tests/p11test" || stop "p11test"
printf '#define PACKAGE_VERSION "test"\n#define HAVE_DLFCN_H 1\n#define ENABLE_OPENSSL 1\n' >config.h
# it takes the older of the two interfaces for 2.20, which is OpenSC's; ours is 2.40
sed -i -e '/pFunctionList)->minor, 20)/s/20/40/' -e 's/version.minor = 20;/version.minor = 40;/' p11test_case_interface.c
gcc -w -DHAVE_CONFIG_H -I. -I../.. -o "$WORK/p11test" ./*.c ../../common/libpkcs11.c ../../common/libscdl.c -lcmocka -lcrypto -ldl \
    2>"$WORK/log" || stop "p11test builds" "$(cat "$WORK/log")"
cd "$TOP" || exit 1

# The card comes while the test waits. One that came before the test had looked is no event: then once more.
put_in_again_until_seen() {
    while kill -0 "$1" 2>/dev/null && ! grep -q 'Status: Token present' "$WORK/out"; do
        card start 0 || return
        seen() { grep -q 'Status: Token present' "$WORK/out" || ! kill -0 "$1" 2>/dev/null; }
        wait_for seen "$1" || card pull 0
    done
}
# p11test PIN: all eleven cases, the wait for a card among them, on the card of reader 0.
p11test() {
    local test name
    card pull 0
    stdbuf -oL "$WORK/p11test" -m "$M" -s 0 -p "$1" -i >"$WORK/out" 2>&1 &
    test=$!
    wait_for grep -q 'Waiting for slot event' "$WORK/out" || stop "p11test waits" "$(cat "$WORK/out")"
    put_in_again_until_seen $test
    wait $test
    check_eq "p11test's status" 0 $?
    for name in wait_test supported_mechanisms_test interface_test readonly_tests multipart_tests ec_sign_size_test usage_test \
        pss_oaep_test derive_tests secret_tests wrap_tests; do
        check_match "$name" "\[ +OK +\] $name\$" "$(cat "$WORK/out")"
    done
    check_eq "none is skipped or failed" 0 "$(grep -cE '\[ *(SKIPPED|FAILED) *\]' "$WORK/out")"
}
