#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The checks of make lint find what they are for: each is shown a small tree with one thing wrong.
. "$(dirname "$0")/../e2e/lib.sh"
tree=$WORK/tree
licence='/* SPDX-License-Identifier: BSD-2-Clause */'

# fresh_tree: a tree in which everything is right
fresh_tree() {
    rm -rf "$tree"
    mkdir -p "$tree"/{applet/{core,piv,crypto,include,edge},host/{base,card,cli,include/sdc},pkcs11,tools}
    git -C "$tree" init -q
    printf '%s\n#include <stdint.h>\n#include "card.h"\n\nint core_answer(void)\n{\n    return 1;\n}\n' "$licence" >"$tree/applet/core/a.c"
    printf '%s\nint core_answer(void);\n' "$licence" >"$tree/applet/include/card.h"
    printf '%s\n#include <stdio.h>\n#include "sdc/x.h"\n' "$licence" >"$tree/host/cli/a.c"
    printf '%s\nint sdc_x(void);\n' "$licence" >"$tree/host/include/sdc/x.h"
    cp .clang-format "$tree/"
}
lint() { SDC_LINT_TOP=$tree B=$tree/build "tools/lint/$1" 2>&1; }
# finds PART PATTERN: the part objects, with a line like the pattern
finds() {
    local out status
    out=$(lint "$1")
    status=$?
    if [ $status = 1 ] && grep -qE -- "$2" <<<"$out"; then ok "$1 finds: $2"; else fail "$1 finds: $2" "status $status"$'\n'"$out"; fi
}
lines() { for i in $(seq "$1"); do echo '    x++;'; done; }
function_of() { printf '%s\n\nvoid %s(int x)\n{\n%s\n}\n' "$licence" "$1" "$(lines $(($2 - 3)))"; }

fresh_tree
for part in spdx words sizes; do check "$part: nothing to say" lint $part; done

echo 'int x;' >"$tree/host/base/b.c"
finds spdx 'host/base/b.c'
printf '\n%s\n' "$licence" >"$tree/host/base/b.c"
finds spdx 'host/base/b.c'

fresh_tree
printf '%s\n/* TO''DO */\n' "$licence" >"$tree/host/base/b.c"
finds words 'b.c:2:.*unfinished'
printf '%s\n#ifdef FUZZING\n#endif\n' "$licence" >"$tree/host/base/b.c"
finds words 'b.c:2:.*knows of tests'

fresh_tree
function_of long_one 100 >"$tree/host/base/b.c"
for i in $(seq 40); do function_of "short_$i" 10 >"$tree/host/base/s$i.c"; done
check "sizes: 100 lines are allowed" lint sizes
function_of long_one 101 >"$tree/host/base/b.c"
finds sizes 'b.c:3: 101 lines, more than 100'
rm "$tree"/host/base/s?*.c
function_of long_one 61 >"$tree/host/base/b.c"
finds sizes '95 % have 61 lines or less: more than 60'
fresh_tree
{ echo "$licence"; yes 'extern int x;' | head -n 799; } >"$tree/host/base/b.c"
check "sizes: 800 lines of file are allowed" lint sizes
echo 'extern int x;' >>"$tree/host/base/b.c"
finds sizes 'b.c: 801 lines, more than 800'

if command -v clang-format-14 >/dev/null; then
    fresh_tree
    check "format: nothing to say" lint format
    printf '%s\nint  x;\n' "$licence" >"$tree/host/base/b.c"
    finds format 'b.c:2'
fi

# layers by includes; without objects it asks for them, so only its lines count here
fresh_tree
out=$(lint layers)
check_eq "layers: nothing to say of includes" "" "$(grep -E 'may see|is.n.t for|leaves' <<<"$out")"
refuse "layers: no libraries, no proof" lint layers
include() {
    fresh_tree
    printf '%s\n#include %s\n' "$licence" "$2" >"$tree/$1"
}
include applet/core/b.c '<stdio.h>' && finds layers '<stdio.h> isn.t for applet/core'
include applet/core/b.c '<bearssl.h>' && finds layers '<bearssl.h> isn.t for applet/core'
include applet/core/b.c '"piv.h"' && touch "$tree/applet/piv/piv.h" && finds layers '"piv.h" isn.t in a folder that applet/core may see'
include applet/piv/b.c '"sdc/x.h"' && finds layers '"sdc/x.h" isn.t in a folder'
include host/card/b.c '"card.h"' && finds layers '"card.h" isn.t in a folder that host/card may see'
include host/base/b.c '<winscard.h>' && finds layers '<winscard.h> isn.t for host/base'
include host/cli/b.c '"../base/bytes.h"' && finds layers 'leaves its folder'
include pkcs11/b.c '"card_edge.h"' && touch "$tree/applet/edge/card_edge.h" && finds layers '"card_edge.h" isn.t in a folder that pkcs11 may see'
include host/other.c '<stdint.h>' && finds layers 'belongs to no layer'

# layers by symbols
core_object() {
    fresh_tree
    mkdir -p "$tree/build/obj/applet/core" "$tree/build/lib"
    printf '%s\n%s\n' "$licence" "$1" >"$tree/applet/core/a.c"
    gcc -O0 -fno-builtin -c -o "$tree/build/obj/applet/core/a.o" "$tree/applet/core/a.c"
    ar rcs "$tree/build/lib/libcard.a" "$tree/build/obj/applet/core/a.o"
}
core_object 'void *malloc(unsigned long n); void *f(void); void *f(void) { return malloc(3); }'
finds layers 'libcard.a needs malloc'
core_object 'void br_sha256_init(void *c); void f(void *c); void f(void *c) { br_sha256_init(c); }'
finds layers 'applet/core, issuer, lds and piv need br_sha256_init'
core_object 'void *memcpy(void *a, const void *b, unsigned long n); void f(void *c); void f(void *c) { memcpy(c, "x", 1); }'
check_eq "layers: memcpy is allowed" "" "$(lint layers | grep memcpy)"
two_objects() { # LAYER SYMBOL-OF-OTHER OTHER
    fresh_tree
    mkdir -p "$tree/build/obj/host"/{base,card}
    printf '%s\nvoid sdc_other(void);\nvoid sdc_other(void) {}\n' "$licence" >"$tree/host/$2/o.c"
    printf '%s\nvoid sdc_other(void);\nvoid sdc_own(void);\nvoid sdc_own(void) { sdc_other(); }\n' "$licence" >"$tree/host/$1/u.c"
    gcc -c -o "$tree/build/obj/host/$2/o.o" "$tree/host/$2/o.c"
    gcc -c -o "$tree/build/obj/host/$1/u.o" "$tree/host/$1/u.c"
}
two_objects base card
finds layers 'host/base uses host/card: sdc_other'
two_objects card base
check_eq "layers: card may use base" "" "$(lint layers | grep sdc_other)"

# exports
exports() { # LIST PROTOTYPES MODULE-LIST SOURCE MODULE-SOURCE
    fresh_tree
    mkdir -p "$tree/build/lib"
    printf '%s\n' "$1" >"$tree/host/libsdc.exports"
    printf '%s\n%s\n' "$licence" "$2" >"$tree/host/include/sdc/x.h"
    printf '%s\n' "$3" >"$tree/pkcs11/sdc-pkcs11.exports"
    echo "$4" | gcc -shared -fPIC -nostdlib -x c -o "$tree/build/lib/libsdc.so" -
    echo "$5" | gcc -shared -fPIC -nostdlib -x c -o "$tree/build/lib/sdc-pkcs11.so" -
}
exports sdc_x 'int sdc_x(char a[static 3]); /* not int sdc_y(void); */ struct sdc_s { int (*f)(void); }; static inline int sdc_z(void) { return 1; } typedef int (*sdc_f)(int);' C_Get 'int sdc_x(void) { return 1; }' 'int C_Get(void) { return 1; }'
check "exports: nothing to say" lint exports
exports sdc_x 'int sdc_x(void);' C_Get 'int sdc_x(void) { return 1; } int sdc_z;' 'int C_Get(void) { return 1; }'
finds exports 'sdc_z: in libsdc.so, not in host/libsdc.exports'
exports sdc_x 'int sdc_x(void); int sdc_y(int a);' C_Get 'int sdc_x(void) { return 1; }' 'int C_Get(void) { return 1; }'
finds exports 'sdc_y: in host/include/sdc, not in libsdc.so'
exports sdc_x 'int sdc_x(void);' C_Get 'int sdc_x(void) { return 1; }' 'int C_Get(void) { return 1; } int helper;'
finds exports 'helper: exported, but no name of PKCS#11'
finish
