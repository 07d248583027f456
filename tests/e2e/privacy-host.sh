#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What a desk keeps of a docket that was read on it: nothing. No file that wasn't there, none that holds a word of it, no
# word in messages, whether the reading went well or was refused, and nothing at all on the output where it was refused.
. "$(dirname "$0")/lib.sh"
holder=271828
station
issue_card 0 1
hand_over 0 $holder
can=$(jq -r .can "$WORK/issued-0.json")
field() { jq -r ".records[0].$1 // empty" "$BATCH"; }
for value in address.line1 address.city address.zip asylum.kind asylum.filed a_number 'benefits[0].program' \
    reporting.office case.next_hearing.date given_names; do
    field "$value"
done | grep -E '.{4,}' >"$WORK/words"
jq -r '.mrz[]' "$WORK/issued-0.json" >>"$WORK/words"
printf '%s\n' "$holder" "$can" asylum >>"$WORK/words"
check "there is something to search for" [ "$(wc -l <"$WORK/words")" -gt 10 ]

# ---- a desk of its own: all that it writes lies below ----
desk=$WORK/desk
mkdir -p "$desk"/{home,tmp,run,cwd}
cp -r "$SDC_HOME" "$desk/sdc"
rm -rf "$desk"/sdc/{letters,updates}
sed -i "s|$SDC_HOME|$desk/sdc|g" "$desk/sdc/token/softhsm2.conf"
# SoftHSM writes its token.object at each login
files() { (cd "$desk" && find . -type f ! -name token.object -print0 | sort -z | xargs -0 sha256sum); }
messages=$WORK/messages
: >"$messages"
# at_desk KIND SECRET OPTION...: the docket to standard output
at_desk() {
    local kind=$1 value=$2 home=$desk/sdc
    shift 2
    (cd "$desk/cwd" && HOME=$desk/home TMPDIR=$desk/tmp XDG_RUNTIME_DIR=$desk/run SDC_HOME=$home \
        sdc docket read --stats "--$kind" fd:3 "$@" 3<<<"$value" 2>>"$messages")
}
files >"$WORK/before"
out=$(at_desk can "$can" --terminal officer) || stop "an officer reads at the desk: $(cat "$messages")"
check "the officer was shown the docket" grep -qF "$(field address.line1)" <<<"$out"
check "and as JSON" grep -qF "$(field address.line1)" <<<"$(at_desk can "$can" --terminal officer --json --travel)"
check "the benefit office, too" grep -qF "$(field 'benefits[0].program')" <<<"$(at_desk pin $holder --terminal benefits)"
check "and any reader the travel document" grep -qF "$(field given_names)" <<<"$(at_desk can "$can")"

# ---- refused ----
mkdir "$WORK/nothing"
other=$((10#$can < 999999 ? 10#$can + 1 : 100000))
refused() { # NAME KIND SECRET OPTION...
    local name=$1 shown
    shift
    shown=$(at_desk "$@")
    check_eq "$name: refused, and nothing shown" "yes " "$([ $? != 0 ] && echo yes) $shown"
}
refused "a wrong CAN" can "$other" --terminal officer
refused "a wrong PIN" pin 161803 --terminal benefits
refused "the CAN for a terminal that needs the PIN" can "$can" --terminal status
refused "no trust anchor" can "$can" --terminal officer --trust "$WORK/nothing"
shown=$(at_desk can "$can" --terminal officer --json --trust "$WORK/nothing")
check_eq "as JSON it is the error alone" '["error","stats"]' "$(jq -c 'keys' <<<"$shown")"
echo "$shown" >>"$messages"
(cd "$desk/cwd" && HOME=$desk/home TMPDIR=$desk/tmp SDC_HOME=$desk/sdc sdc docket read --can fd:3 --terminal officer \
    3<<<"$can" >/dev/full 2>>"$messages")
check_eq "an output that is full is an error" 74 $?

# ---- what is left ----
files >"$WORK/after"
check_eq "no file was made or changed" "" "$(diff "$WORK/before" "$WORK/after" | grep '^[<>]')"
refuse "no file holds a word of it" grep -raiFqf "$WORK/words" "$desk"
check "messages were written" [ -s "$messages" ]
refuse "no message holds a word of it" grep -aiFf "$WORK/words" "$messages"
finish
