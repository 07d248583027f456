#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# make install and uninstall: what is laid out where, and that it works from there.
. "$(dirname "$0")/lib.sh"
install_to() { env -u MAKEFLAGS -u MAKELEVEL make -s "$@"; }
check "make install with DESTDIR" install_to install DESTDIR="$WORK/stage" PREFIX=/usr
stage=$WORK/stage/usr
for file in bin/sdc lib/libsdc.so.0 lib/libsdc.so lib/pkcs11/sdc-pkcs11.so lib/pkgconfig/sdc.pc share/man/man8/sdc-pkcs11.8 \
    share/p11-kit/modules/sdc-pkcs11.module share/sdc/icao-states.tsv include/sdc.h include/sdc/verify.h; do
    check "$file" [ -s "$stage/$file" ]
done
check_eq "nothing outside PREFIX" usr "$(ls "$WORK/stage")"
check_match "p11-kit's file names the module" '^module: /usr/lib/pkcs11/sdc-pkcs11.so$' "$(cat "$stage/share/p11-kit/modules/sdc-pkcs11.module")"
check_eq "DESTDIR is nowhere in a file" '' "$(grep -rl "$WORK" "$WORK/stage")"
check_eq "nothing is left to be filled in" '' "$(grep -rlIE '@(PREFIX|LIBDIR|VERSION)@' "$WORK/stage")"
check_eq "only the owner may write" '' "$(find "$WORK/stage" -type f -perm /022)"
check "make uninstall" install_to uninstall DESTDIR="$WORK/stage" PREFIX=/usr
check_eq "no file is left" '' "$(find "$WORK/stage" ! -type d)"

# ---- from another place ----
P=$WORK/elsewhere
check "make install with PREFIX and LIBDIR" install_to install PREFIX="$P" LIBDIR="$P/lib"
station
issue_card 0 7
hand_over 0 246810
LABEL=$(foreign pkcs11-tool --module "$P/lib/pkcs11/sdc-pkcs11.so" -L 2>/dev/null | sed -n 's/^ *token label *: //p')
check_match "the module works from there" '^Docket Card ' "$LABEL"
if [ -z "${SAN:-}" ]; then
    kit() { with_mount "$P/share/p11-kit/modules" /usr/share/p11-kit/modules "$@"; }
    check_match "p11-kit finds it" "token: $LABEL" "$(kit p11-kit list-modules 2>&1)"
    check_match "and so does GnuTLS by itself" "token=${LABEL// /%20}" "$(kit p11tool --list-token-urls 2>&1)"
    cat >"$WORK/use.c" <<'C'
#include <sdc.h>
#include <stdio.h>
int main(void) { struct sdc_reader readers[4]; size_t n = 0; struct sdc_error e;
    if (sdc_reader_list(readers, 4, &n, &e) != SDC_OK || n == 0) return 1;
    puts(readers[0].name); return 0; }
C
    export PKG_CONFIG_PATH=$P/lib/pkgconfig
    # shellcheck disable=SC2046 # words
    check "pkg-config's flags build a program" gcc -o "$WORK/use" "$WORK/use.c" $(pkg-config --cflags --libs sdc)
    check_eq "which reads readers" "$(card reader 0)" "$(LD_LIBRARY_PATH=$P/lib "$WORK/use")"
    check_eq "pkg-config tells the module" "$P/lib/pkcs11/sdc-pkcs11.so" "$(pkg-config --variable=pkcs11_module sdc)"
fi
check_match "sdc verifies from there" '^verdict: ACCEPT$' "$("$P/bin/sdc" verify --profile chip 2>&1)"
check "and finds its data" "$P/bin/sdc" records check "$BATCH"
mv "$P/share/sdc" "$P/share/gone"
refuse "which are those beside it" "$P/bin/sdc" records check "$BATCH"
finish
