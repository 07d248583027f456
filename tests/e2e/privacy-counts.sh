#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Who may not read DG19 learns nothing of it from the time either: the same commands take two cards that differ in DG19
# alone the same number of instructions; and in the docket a name that is there takes as many as one that isn't.
set -u
program=${B:-build}/tests/card-privacy
passed=0 failed=0
result() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $2"; fi; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
valgrind -q --tool=callgrind --collect-atstart=no --toggle-collect=card_apdu --callgrind-out-file="$work/out" \
    "$program" >"$work/log" 2>&1
result $? "$(tail -3 "$work/log")"
for file in "$work"/out.*; do
    awk '/^desc: Trigger: Client Request:/ { sub(/^[^:]*:[^:]*:[^:]*: /, ""); name = $0 }
         /^(totals|summary): / { count = $2 }
         END { if (name != "") print name "\t" count }' "$file"
done | sort >"$work/counts"
[ "$(wc -l <"$work/counts")" = 132 ]
result $? "$(wc -l <"$work/counts") commands, not 132"
! awk -F'\t' '$2 < 1000' "$work/counts" | grep .
result $? "commands that weren't counted"
different=$(diff <(sed -n 's/^A //p' "$work/counts") <(sed -n 's/^B //p' "$work/counts"))
result $? "two cards differ: $different"
# for readers without any right all names are one
for reader in nobody CAN; do
    for command in READ 'SELECT EF' UPDATE; do
        counts=$(sed -n "s/^A $reader, $command [0-9A-F]*\t//p" "$work/counts" | sort -u)
        [ "$(wc -l <<<"$counts")" = 1 ]
        result $? "$reader: $command takes $(tr '\n' ' ' <<<"$counts")"
    done
done
# and what may be read shows that differences are seen
counts=$(sed -n 's/^A benefits, READ [0-9A-F]*\t//p' "$work/counts" | sort -u)
[ "$(wc -l <<<"$counts")" -ge 2 ]
result $? "a file that is read takes no longer than one that isn't"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
