# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What each test script is made of. A script: first lines with SPDX and, where it wants other than one card, a line
# "# cards: N"; then `. "$(dirname "$0")/lib.sh"`; then checks; last `finish`. It runs in the project's top folder, in
# tools/sandbox where it stands below e2e/ or long/. The checks go on after a failure; what must not fail for the rest
# to make sense is written `command || stop "what"`. Leaving early counts as a failure.
#
#   ok NAME                     one test passed
#   fail NAME [DETAIL]          one failed
#   check NAME COMMAND...       passes where COMMAND succeeds; its output is shown where not
#   refuse NAME COMMAND...      passes where COMMAND fails with a status below 126 (a crash is no refusal)
#   check_eq NAME WANT GOT      passes where the strings are equal
#   check_match NAME ERE TEXT   passes where a line of TEXT matches
#   expect_status N COMMAND...  passes where COMMAND ends with status N
#   stop WHAT                   fails and ends the script
#   finish                      prints the closing line and ends the script
#   foreign COMMAND...          runs a program of others that loads our module, also in a sanitized build
#   judge PROGRAM...            runs a program that tools/setup only unpacked; judge_libraries: its library path
#   with_mount FROM TO COMMAND... runs it where FROM (a file or folder) stands in the place of TO
#   as_holder COMMAND...        runs it as the ordinary user "holder" whose home is $WORK/home
#   wait_for COMMAND...         waits up to ten seconds until COMMAND succeeds
#   pin_state INDEX             prints the card's status word for its PIN: 9000 where somebody is logged in, else 63Cx
#   recipe NAME                 prints a block of the man page that make install put below $PREFIX
#   card ACTION N...            tools/sandbox-card
#   station                     makes SDC_HOME (sdc init)
#   issue_card INDEX RECORD     issues a record of the sample batch on the card in reader INDEX; the result as JSON is in
#                               $WORK/issued-INDEX.json
#   hand_over INDEX PIN         the holder of the card in reader INDEX sets PIN
#   rsa_card INDEX              gives the blank card in reader INDEX RSA keys and certificates in 9A 9C 9D 9E, PIN 123456, by
#                               yubico-piv-tool (sandbox: --reader YubicoYubikey --profile legacy-3des); the public keys are
#                               in $WORK/01.pem to 04.pem
# WORK is a scratch folder; BIN and LIB are where programs and libraries are; BATCH is the sample batch.
set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$TOP" || exit 1
case ${B:-build} in /*) BUILD=${B:-build} ;; *) BUILD=$TOP/${B:-build} ;; esac
BIN=$BUILD/bin LIB=$BUILD/lib BATCH=tests/data/enrolment-sample.json
WORK=$(mktemp -d)
export B PATH="$BIN:$PATH" SDC_PKCS11_CONF=/dev/null # nothing of this machine's
tests_passed=0 tests_failed=0 tests_finished=

closing_line() {
    local status=$?
    rm -rf "$WORK"
    [ -n "$tests_finished" ] || fail "the script runs to its end" "left with status $status"
    echo "$tests_passed passed, $tests_failed failed"
    [ $tests_failed = 0 ] && [ $tests_passed -gt 0 ] && exit 0
    exit 1
}
trap closing_line EXIT

ok() {
    tests_passed=$((tests_passed + 1))
    echo "ok    $1"
}
fail() {
    tests_failed=$((tests_failed + 1))
    echo "FAIL  $1${2:+: $2}"
}
check() {
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then ok "$name"; else fail "$name" "status $? of: $*"$'\n'"$out"; fi
}
refuse() {
    local name=$1 out status
    shift
    out=$("$@" 2>&1)
    status=$?
    if [ $status != 0 ] && [ $status -lt 126 ]; then ok "$name"; else fail "$name" "status $status of: $*"$'\n'"$out"; fi
}
check_eq() {
    if [ "$2" = "$3" ]; then ok "$1"; else fail "$1" "wanted '$2', got '$3'"; fi
}
check_match() {
    if grep -qE -- "$2" <<<"$3"; then ok "$1"; else fail "$1" "no line matches '$2' in"$'\n'"$3"; fi
}
expect_status() {
    local want=$1 out status
    shift
    out=$("$@" 2>&1)
    status=$?
    if [ $status = "$want" ]; then ok "status $want: $*"; else fail "status $want: $*" "got $status"$'\n'"$out"; fi
}
stop() {
    fail "$@"
    tests_finished=1
    exit 1
}
finish() {
    tests_finished=1
    exit 0
}

# A sanitized library needs the sanitizer's run-time in the program that loads it. Leaks of such programs are theirs.
foreign() {
    if [ -n "${SAN:-}" ]; then
        LD_PRELOAD=$(gcc -print-file-name=libasan.so) ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" "$@"
    else
        "$@"
    fi
}
judge_libraries() { find "$BUILD/judges/lib" "$BUILD/judges/usr/lib" -maxdepth 1 -name '*-linux-*' | paste -sd :; }
judge() {
    local program
    program=$(find "$BUILD/judges/usr/bin" "$BUILD/judges/usr/sbin" -name "$1")
    shift
    LD_LIBRARY_PATH=$(judge_libraries) "${program:-/nonexistent}" "$@"
}
# user namespaces, or root where they are forbidden
with_mount() {
    local own=-m
    unshare -rm true 2>/dev/null && own=-rm
    # shellcheck disable=SC2016 # expanded inside
    unshare $own sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' "$@"
}
# /etc/passwd is another one inside: sshd and PAM modules look for the user there
as_holder() {
    mkdir -p "$WORK/home"
    printf '%s\n' "root:x:0:0:root:/root:/bin/sh" "holder:x:1000:1000:holder:$WORK/home:/bin/sh" >"$WORK/passwd"
    if unshare -rm true 2>/dev/null; then
        with_mount "$WORK/passwd" /etc/passwd unshare -U --map-user=1000 --map-group=1000 -- "$@"
    else
        chown -R 1000:1000 "$WORK"
        with_mount "$WORK/passwd" /etc/passwd setpriv --reuid 1000 --regid 1000 --clear-groups -- "$@"
    fi
}
wait_for() {
    local i
    for ((i = 0; i < 500; i++)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.02
    done
    return 1
}
pin_state() { # SELECT, then VERIFY without data: 9000 where a PIN is verified
    opensc-tool --reader "$1" -s 00:A4:04:00:05:A0:00:00:03:08 -s 00:20:00:80 2>/dev/null |
        sed -n 's/.*SW1=0x\(..\), SW2=0x\(..\).*/\1\2/p' | tail -n 1
}
recipe() { # a block of the installed man page, as its reader would copy it
    awk -v name="$1" '$0 == ".\\\" recipe " name { on = 1 } on && /^\.Ed/ { exit } on && text { gsub(/\\e/, "\\"); print } on && /^\.Bd/ { text = 1 }' \
        "$PREFIX/share/man/man8/sdc-pkcs11.8"
}
card() { "$TOP/tools/sandbox-card" "$@"; }

station() { sdc init >"$WORK/init.log" 2>&1 || stop "sdc init" "$(cat "$WORK/init.log")"; }
issue_card() {
    sdc issue "$BATCH" --record "$2" --reader "$1" --json >"$WORK/issued-$1.json" 2>"$WORK/issue-$1.log" ||
        stop "sdc issue record $2" "$(cat "$WORK/issued-$1.json" "$WORK/issue-$1.log")"
}
hand_over() {
    local letter
    letter=$(jq -r .letter "$WORK/issued-$1.json")
    sdc handover --reader "$1" --transport fd:3 --pin fd:4 3< <(sed -n 's/^Transport PIN: //p' "$letter") \
        4< <(echo "$2") >"$WORK/handover-$1.log" 2>&1 || stop "sdc handover" "$(cat "$WORK/handover-$1.log")"
}
rsa_card() {
    local reader slot n=0 ca=$WORK/ca
    reader=$(card reader "$1")
    yubico() { yubico-piv-tool -r "$reader" -k010203040506070801020304050607080102030405060708 "$@"; }
    yubico -a set-chuid >"$WORK/log" 2>&1 || stop "set-chuid" "$(cat "$WORK/log")"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$ca.key" -out "$ca.pem" -subj /CN=CA 2>/dev/null
    for slot in 9a 9c 9d 9e; do
        n=$((n + 1))
        openssl genrsa -out "$WORK/$slot.key" 2048 2>/dev/null
        openssl req -new -key "$WORK/$slot.key" -subj /CN=$slot |
            openssl x509 -req -CA "$ca.pem" -CAkey "$ca.key" -set_serial $n -out "$WORK/$slot.crt" 2>/dev/null
        openssl pkey -in "$WORK/$slot.key" -pubout -out "$WORK/0$n.pem"
        yubico -s $slot -a import-key -i "$WORK/$slot.key" >"$WORK/log" 2>&1 &&
            yubico -s $slot -a import-certificate -i "$WORK/$slot.crt" >>"$WORK/log" 2>&1 || stop "$slot" "$(cat "$WORK/log")"
    done
}
