#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# tools/sandbox: readers and cards, what the command gets, its status, and that nothing outlives it. The trivial echo
# card stands for any card.
. "$(dirname "$0")/../e2e/lib.sh"
export SDC_CARD_PROGRAM=$BUILD/tools/echo-card
box() { "$TOP/tools/sandbox" "$@"; }

for n in 0 1 2 3 16; do
    check_eq "$n cards" "$n" "$(box -n $n opensc-tool -l | grep -c ' Yes ')"
done
check_eq "two at once don't meet" "1 4" "$(
    box -n 1 opensc-tool -l >"$WORK/one" & box -n 4 opensc-tool -l >"$WORK/two"
    wait
    echo "$(grep -c ' Yes ' "$WORK/one") $(grep -c ' Yes ' "$WORK/two")"
)"

expect_status 3 box sh -c 'exit 3'
expect_status 143 box sh -c 'kill $$'
expect_status 127 box "$WORK/nosuch"
expect_status 126 box "$TOP/Makefile"
expect_status 64 box
expect_status 64 box -n 17 true
expect_status 64 box -n -1 true
expect_status 64 box --keep "$WORK/no/such" true
SDC_CARD_PROGRAM=/bin/false expect_status 69 box true
SDC_CARD_PROGRAM=$WORK/nosuch expect_status 69 box true

check_eq "the command is who started it" "$(id -u):$(id -g)" "$(box sh -c 'echo $(id -u):$(id -g)')"
check_eq "its input" "hello" "$(echo hello | box cat)"
check_eq "its folder" "$WORK" "$(cd "$WORK" && box pwd)"
check "SDC_HOME is private and empty" box sh -c '[ "$(stat -c %a "$SDC_HOME")" = 700 ] && [ -z "$(ls -A "$SDC_HOME")" ]'
check_eq "the programs are in PATH" "$BIN" "$(box sh -c 'echo "${PATH%%:*}"')"
check "no other network" box sh -c '[ "$(ls /sys/class/net /proc/net/dev >/dev/null; grep -c : /proc/net/dev)" = 1 ]'

box --keep "$WORK/kept" sh -c 'echo state >"$SDC_HOME/file"; echo flash >"$SDC_SANDBOX_FLASH/0"'
check_eq "what is kept comes back" "state flash" "$(box --keep "$WORK/kept" sh -c 'echo $(cat "$SDC_HOME/file" "$SDC_SANDBOX_FLASH/0")')"

# cards come and go
check "cards come and go" box -n 2 bash -c '
    set -e
    card() { tools/sandbox-card "$@"; }
    state() { opensc-tool -l | grep "$(card reader $1)" | cut -c 6-8; }
    first=$(card pid 1)
    card restart 1
    [ "$(card pid 1)" != "$first" ] && [ "$(state 1)" = Yes ]
    card pull 1
    [ "$(state 1)" = "No " ] && [ "$(state 0)" = Yes ]
    card start 1
    [ "$(state 1)" = Yes ]
    card swap 1 "$SDC_SANDBOX_FLASH/other"
    [ "$(state 1)" = Yes ]
    tr "\0" " " </proc/$(card pid 1)/cmdline | grep -q -- "--flash $SDC_SANDBOX_FLASH/other "
    card kill 0
    card start 0
    [ "$(state 0)" = Yes ]
    ! card start 0'
refuse "sandbox-card outside" "$TOP/tools/sandbox-card" pid 0

# Whatever ends the sandbox ends all of it: a process of the command holds a FIFO open until it is gone.
ends() {
    local signal=$1 want=$2 pid status
    mkfifo "$WORK/life-$signal"
    "$TOP/tools/sandbox" -n 2 sh -c 'setsid sh -c "echo up; exec tail -f /dev/null" & wait' >"$WORK/life-$signal" &
    pid=$!
    exec 5<"$WORK/life-$signal"
    read -r -t 20 _ <&5
    kill -"$signal" "$pid"
    wait "$pid" 2>/dev/null
    status=$?
    check_eq "$signal: status" "$want" "$status"
    read -r -t 20 _ <&5
    check "$signal: nothing is left" [ $? = 1 ] # end of file; above 128 where the time ran out
    exec 5<&-
}
ends TERM 143
ends HUP 129
ends INT 130
ends KILL 137

# where it can't work it says what is missing
limit=$(cat /proc/sys/user/max_user_namespaces 2>/dev/null || echo 0)
if [ "$(id -u)" = 0 ] && [ "$limit" -gt 0 ]; then
    # inside one namespace the number of further ones can be set to zero
    out=$(unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_mnt_namespaces; exec "$@"' sh \
        "$TOP/tools/sandbox" true 2>&1)
    check_eq "forbidden: status" 69 $?
    check_match "forbidden: says so" "forbids namespaces" "$out"
fi
finish
