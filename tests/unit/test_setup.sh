#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# tools/setup with dpkg-query, apt-get, sudo and id replaced: what it asks, installs, and says.
. "$(dirname "$0")/../e2e/lib.sh"

began=$(date +%s%N)
check "all is there" tools/setup
check "instant" [ $((($(date +%s%N) - began) / 1000000)) -lt 200 ]
expect_status 64 tools/setup nosuch
export B=$WORK/build

stub() {
    mkdir -p "$WORK/bin"
    printf '#!/bin/sh\n%s\n' "$2" >"$WORK/bin/$1"
    chmod +x "$WORK/bin/$1"
}
with_stubs() { PATH=$WORK/bin:$PATH "$@" 2>&1; }
# the installed packages are the words of a file
stub dpkg-query 'for word; do grep -qx "$word" "'"$WORK"'/installed" && echo "$word installed"; done; exit 1'
stub apt-get 'echo "$@" >>"'"$WORK"'/apt"; case " $* " in *" install "*) [ -e "'"$WORK"'/updated" ] && echo jq >>"'"$WORK"'/installed";; *) touch "'"$WORK"'/updated";; esac'
stub env 'while case $1 in *=*) ;; *) false;; esac; do shift; done; exec "$@"'
dpkg-query -W -f '${Package}\n' >"$WORK/all"

others() { grep -vx jq "$WORK/all" >"$WORK/installed"; rm -f "$WORK/apt" "$WORK/updated"; }
stub id 'echo 0'
others
check "root installs, with new indexes where it must" with_stubs tools/setup
check_match "without recommended packages" "install --no-install-recommends jq\$" "$(head -n 1 "$WORK/apt")"
check_eq "install, update, install" 3 "$(wc -l <"$WORK/apt")"

stub id 'echo 1000'
stub sudo 'exit 1'
others
out=$(with_stubs tools/setup)
check_eq "no right: status" 77 $?
check_match "no right: the command" "^  sudo apt-get install --no-install-recommends jq\$" "$out"
check "no right: nothing is tried" [ ! -e "$WORK/apt" ]

stub sudo 'shift; exec "$@"'
check "an ordinary user who may use sudo" with_stubs tools/setup
check "it was apt-get" [ -e "$WORK/apt" ]

# ---- groups, and what is only unpacked ----
asked() { PATH=$WORK/bin:$PATH "$@" 2>&1 | sed -n 's/^  sudo apt-get install --no-install-recommends //p' | tr ' ' '\n'; }
stub sudo 'exit 1'
: >"$WORK/installed"
check_eq "the demo needs no judge" 0 "$(asked tools/setup | grep -cxE 'curl|default-jre-headless|clang-14|openssh-server')"
check_eq "make check wants some" "curl" "$(asked tools/setup check | grep -xE 'curl|default-jre-headless|clang-14|openssh-server')"
check_eq "make check-long more" "curl default-jre-headless" "$(asked tools/setup long | grep -xE 'curl|default-jre-headless|clang-14|openssh-server' | xargs)"
check_eq "make lint others" "clang-14" "$(asked tools/setup dev | grep -xE 'curl|default-jre-headless|clang-14|openssh-server')"
{ cat "$WORK/all"; for group in check long dev; do asked tools/setup $group; done; } | sort -u >"$WORK/installed.all"
mv "$WORK/installed.all" "$WORK/installed"
mkdir -p "$WORK/deb/DEBIAN" "$WORK/deb/usr/sbin"
printf 'Package: some-server\nVersion: 1\nArchitecture: all\nMaintainer: none <n@example.org>\nDescription: none\n' >"$WORK/deb/DEBIAN/control"
touch "$WORK/deb/usr/sbin/server"
dpkg-deb -b "$WORK/deb" "$WORK/some-server.deb" >/dev/null
stub apt-get 'echo "$@" >>"'"$WORK"'/apt"; case " $* " in *" download "*) cp "'"$WORK"'/some-server.deb" .;; *" source "*) touch opensc_1.dsc pcsc-lite_1.dsc;; *" install "*) exit 1;; esac'
stub dpkg-source 'for last; do :; done; mkdir "$last"; touch "$last/unpacked"'
rm -f "$WORK/apt"
check "servers are unpacked" with_stubs tools/setup check
check "into the build folder" [ -e "$B/judges/usr/sbin/server" ]
check_match "and not installed" '^-q download openssh-server ' "$(cat "$WORK/apt")"
check "make check-long wants source packages" with_stubs tools/setup long
check "which are unpacked, too" [ -e "$B/judges/opensc/unpacked" -a -e "$B/judges/pcsc-lite/unpacked" ]
check_match "by apt" ' source --download-only opensc pcsc-lite$' "$(cat "$WORK/apt")"
times=$(wc -l <"$WORK/apt")
check "and all of it once" with_stubs tools/setup long
check_eq "not again" "$times" "$(wc -l <"$WORK/apt")"
rm -rf "$B/judges/pcsc-lite"
check "one that is missing comes again" with_stubs tools/setup long
check "unpacked" [ -e "$B/judges/pcsc-lite/unpacked" ]

stub apt-get 'exit 100'
rm -rf "$B"
with_stubs tools/setup check >/dev/null
check_eq "no download: status" 69 $?
stub sudo 'shift; exec "$@"'
others
with_stubs tools/setup >/dev/null
check_eq "not to be had: status" 69 $?
finish
