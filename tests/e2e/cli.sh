#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cards: 2
# The program sdc as a user meets it: each command's good and bad ways, its exit codes, its JSON, which reader is meant,
# what is missing, and that no PIN is ever taken from the command line or written anywhere.
. "$(dirname "$0")/lib.sh"
pin=73195284 other_pin=60417259
flash_sum() { sha256sum <"$(card flash "$1")"; }
# shellcheck disable=SC2317 # called by check
json_ok() { jq -e "$1" >/dev/null <<<"$2"; }
last_line() { tail -n 1 <<<"$1"; }

# ---- help ----
check_match "sdc --version" '^sdc [0-9]+\.[0-9]+\.[0-9]+$' "$(sdc --version)"
help=$(sdc help)
for command in init "records check" issue handover verify "card show" doctor "stock receive" "stock list" \
    "terminal request" "terminal renew" "terminal install" "terminal status" "pki status" "pki roll" "pki export" "trust add" "docket read" update; do
    check_match "help names $command" "^  $command +[a-z]" "$help"
    # shellcheck disable=SC2086 # two words
    check_match "help $command" "^usage: sdc $command" "$(sdc help $command)"
    # shellcheck disable=SC2086
    check_eq "$command --help" "$(sdc help $command)" "$(sdc $command --help)"
done
for word in records card stock terminal pki trust docket; do
    check_match "help $word lists its commands" "^  $word [a-z]+ +[a-z]" "$(sdc help $word)"
    check_eq "$word --help" "0 $(sdc help $word)" "0 $(sdc $word --help)"
    check_match "$word alone says what there is" "^  $word [a-z]" "$(sdc $word 2>&1)"
    expect_status 64 sdc $word
done
expect_status 64 sdc
expect_status 64 sdc nonsense
expect_status 64 sdc help nonsense
expect_status 64 sdc doctor --nonsense
expect_status 74 bash -c 'sdc help >/dev/full'

# ---- a desk without a station ----
out=$(sdc doctor)
check_eq "doctor without a station" 69 $?
check_match "doctor says what to do" 'sdc init' "$out"
out=$(sdc doctor --json --stats)
check_eq "doctor --json has the same status" 69 $?
check "doctor's JSON" json_ok '.good == false and (.findings | map(select(.level == "bad")) | length == 1) and .stats.apdus > 0' "$out"
expect_status 74 bash -c 'sdc card show --reader 0 --json >/dev/full'
refuse "verify without trust anchors" sdc verify --reader 0

# ---- init ----
out=$(sdc init 2>"$WORK/progress")
check_eq "init" 0 $?
check "init's progress is plain lines" grep -q '^certificates$' "$WORK/progress"
check_match "init says where" "$SDC_HOME" "$out"
before=$(find "$SDC_HOME" -type f -exec sha256sum {} + | sort)
expect_status 65 sdc init
check_eq "a second init changes nothing" "$before" "$(find "$SDC_HOME" -type f -exec sha256sum {} + | sort)"
check_match "init takes the delivery into stock" '16 chips, 16 blank' "$(sdc stock list)"
check_match "init makes the demo's terminals" '^officer: officer, until .* 1 day left' "$(sdc terminal status)"
check "terminal status --json" json_ok '.terminals | map(.rights) == ["0011000000", "001D000010", "0004000000"]' "$(sdc terminal status --json)"
check_match "a terminal asks" "/terminals/lane.request" "$(sdc terminal request lane)"
expect_status 64 sdc terminal renew lane
expect_status 64 sdc terminal renew lane --profile nonsense
check_match "the issuer grants" "^Terminal lane: new certificates" "$(sdc terminal renew lane --profile lane)"
expect_status 64 sdc docket read --reader 0
expect_status 64 sdc docket read --reader 0 --can 123456
expect_status 64 sdc docket read --reader 0 --can fd:3 --pin fd:3
expect_status 64 sdc update tests/data/enrolment-sample.json --sign
expect_status 65 sdc update tests/data/enrolment-sample.json --sign --record 1
expect_status 65 sdc trust add "$SDC_HOME/trust/cvca-1.cvc"
mkfifo "$WORK/lines"
SDC_HOME=$WORK/stopped sdc init 2>"$WORK/lines" &
init_pid=$!
exec 5<"$WORK/lines"
read -r _ <&5 # its first step; the keys come after
kill -STOP $init_pid
kill -TERM $init_pid
kill -CONT $init_pid
cat <&5 >"$WORK/stopped-lines"
exec 5<&-
wait $init_pid
check_eq "init, stopped" 130 $?
check_match "it says so" 'stopped on request; no station was made' "$(cat "$WORK/stopped-lines")"
check_eq "and leaves nothing" "" "$(find "$WORK" -name 'stopped*' ! -name stopped-lines)"
out=$(SDC_HOME=$WORK/second sdc init --json 2>/dev/null)
check "init --json" json_ok ".home == \"$WORK/second\"" "$out"
check_eq "doctor with a station" 0 "$(sdc doctor >/dev/null; echo $?)"

# ---- stock ----
# Opening a station changes SoftHSM2's token.object (flags of the PIN) and makes SQLite's empty log.
station_sum() { find "$SDC_HOME" -type f ! -name token.object ! -name 'registry.sqlite-*' -exec sha256sum {} + | sort; }
mkdir "$WORK/delivery" "$WORK/other"
"$BUILD/tools/blank-factory" 3 B1 "$WORK/delivery"
"$BUILD/tools/blank-factory" 2 B2 "$WORK/other"
cp -r "$WORK/delivery" "$WORK/forged"
cp "$WORK/other/maker.pem" "$WORK/forged/"
before=$(station_sum)
refuse "a manifest that its maker didn't sign" sdc stock receive "$WORK/forged"
refuse "a delivery that isn't there" sdc stock receive "$WORK/nowhere"
expect_status 64 sdc stock receive
check_eq "a refused delivery changes nothing" "$before" "$(station_sum)"
check_eq "stock receive" "3 blank cards are in stock from this delivery" "$(sdc stock receive "$WORK/delivery")"
check_eq "stock list" "B1, of $(date -u +%F): 3 chips, 3 blank" "$(sdc stock list | grep ^B1)"
check "stock receive --json, again" json_ok '.chips == 3' "$(sdc stock receive "$WORK/delivery" --json)"

# ---- records check ----
out=$(sdc records check "$BATCH")
check_eq "the sample has no fault" "0 60 records, no fault" "$? $out"
out=$(sdc records check "$BATCH" --json)
check "records check --json" json_ok '.records == 60 and .faulty == 0 and .faults == []' "$out"
mkdir "$WORK/batch"
cp -r tests/data/portraits "$WORK/batch/"
jq '.records |= (.[:2] | .[1].sex = "Q" | .[1].surname = 7)' "$BATCH" >"$WORK/batch/batch.json"
out=$(sdc records check "$WORK/batch/batch.json")
check_eq "a faulty batch" 65 $?
check_match "each fault has its place" '^record 2 .*/sex' "$out"
check_match "all faults are told" '^record 2 .*/surname' "$out"
out=$(sdc records check "$WORK/batch/batch.json" --json)
check "faults as JSON" json_ok '.faulty == 1 and (.faults | length) == 2 and all(.faults[]; .record == 2 and .reason != "")' "$out"
echo '{' >"$WORK/batch/broken.json"
expect_status 65 sdc records check "$WORK/batch/broken.json"
expect_status 65 sdc records check "$WORK/nowhere.json"
expect_status 65 env SDC_DATA="$WORK" sdc records check "$BATCH"
expect_status 64 sdc records check

# from here on three records are enough: each command reads the batch and its photos anew
jq '.records |= .[:3]' "$BATCH" >"$WORK/batch/three.json"
BATCH=$WORK/batch/three.json

# ---- which reader ----
expect_status 64 sdc card show
check_match "two cards: say which" 'say which' "$(sdc card show 2>&1)"
check_match "a blank card" "not set: the card isn't issued" "$(sdc card show --reader 0)"
name=$(card reader 1)
check_match "a reader by its name" "$name" "$(sdc card show --reader "$name")"
check_eq "a reader by its number" "$name" "$(sdc card show --reader 1 --json | jq -r .reader)"
expect_status 69 sdc card show --reader 9
expect_status 69 sdc card show --reader "No Such Reader"
expect_status 69 env PCSCLITE_CSOCK_NAME=/nowhere sdc card show
expect_status 69 env PCSCLITE_CSOCK_NAME=/nowhere sdc verify
expect_status 69 env PCSCLITE_CSOCK_NAME=/nowhere sdc issue "$BATCH" --record 1
expect_status 69 env PCSCLITE_CSOCK_NAME=/nowhere sdc doctor
check_match "no service: what to do" 'pcscd' "$(PCSCLITE_CSOCK_NAME=/nowhere sdc card show 2>&1)"
out=$(PCSCLITE_CSOCK_NAME=/nowhere sdc card show --json 2>/dev/null)
check "an error as JSON" json_ok '.error.status == "no smart card service"' "$out"

# ---- issue: what is refused leaves the card alone ----
blank=$(flash_sum 0)
expect_status 64 sdc issue "$BATCH" --reader 0
expect_status 64 sdc issue "$BATCH" --reader 0 --record 1 --transaction x
for number in 0 -1 1x "" 99999999999; do expect_status 64 sdc issue "$BATCH" --reader 0 --record "$number"; done
expect_status 65 sdc issue "$BATCH" --reader 0 --record 4
expect_status 65 sdc issue "$BATCH" --reader 0 --transaction 00000000-0000-4000-8000-000000000000
expect_status 65 sdc issue "$WORK/batch/batch.json" --reader 0 --record 2
check_match "issue tells the record's faults" '/sex' "$(sdc issue "$WORK/batch/batch.json" --reader 0 --record 2 2>&1)"
expect_status 69 sdc issue "$BATCH" --reader 9 --record 1
refuse "issue without a station" env SDC_HOME="$WORK/none" sdc issue "$BATCH" --reader 0 --record 1
check_eq "the card is as it was" "$blank" "$(flash_sum 0)"

# ---- stopped in the middle: the command that the card works on is finished, then it says so ----
card_pid=$(card pid 0)
kill -STOP "$card_pid"
sdc issue "$BATCH" --reader 0 --record 1 >"$WORK/stopped" 2>&1 &
issue_pid=$!
# bit 14: it catches SIGTERM from when it goes to the card; so does the shell that it is before it is sdc
until [ "$(cat "/proc/$issue_pid/comm")" = sdc ] &&
    [ $((0x$(sed -n 's/^SigCgt:\t//p' "/proc/$issue_pid/status") & 0x4000)) != 0 ]; do
    kill -0 $issue_pid 2>/dev/null || break
done
kill -TERM $issue_pid
kill -CONT "$card_pid"
wait $issue_pid
check_eq "stopped: its own exit code" 130 $?
check_match "stopped: says that the card finishes" 'stopping; a command that a card works on is finished first' "$(cat "$WORK/stopped")"
check_match "stopped: says how to go on" 'the same command with the same card goes on' "$(cat "$WORK/stopped")"

# ---- issue ----
out=$(sdc issue "$BATCH" --reader 0 --record 1 --json --stats 2>"$WORK/progress")
check_eq "issue" 0 $?
check "issue's JSON" json_ok '(.guid | test("^[0-9a-f-]{36}$")) and (.document_number | test("^SD[0-9]{7}$")) and
    (.can | test("^[0-9]{6}$")) and (.mrz | length) == 3 and all(.mrz[]; length == 30) and .repeated == false and
    .stats.apdus > 20 and .stats.bytes_out > 8000 and .stats.bytes_in > 8000 and .stats.milliseconds > 0' "$out"
check "issue's progress is plain lines" grep -qE '^\[1/[0-9]+\] [a-z]' "$WORK/progress"
guid=$(jq -r .guid <<<"$out") letter=$(jq -r .letter <<<"$out")
check_eq "the letter is for one pair of eyes" 600 "$(stat -c %a "$letter")"
transport=$(sed -n 's/^Transport PIN: //p' "$letter")
check_match "the letter holds the transport PIN" '^[0-9]{6,8}$' "$transport"
issued=$(flash_sum 0)
again=$(sdc issue "$BATCH" --reader 0 --record 1 --json 2>/dev/null)
check "the same request again" json_ok ".repeated and .guid == \"$guid\" and .can == null" "$again"
check_eq "and nothing was written" "$issued" "$(flash_sum 0)"
jq '.records[0].height_cm = 99' "$BATCH" >"$WORK/batch/other.json"
expect_status 65 sdc issue "$WORK/batch/other.json" --reader 1 --record 1
refuse "a card that isn't blank" sdc issue "$BATCH" --reader 0 --record 3
check_eq "the issued card is as it was" "$issued" "$(flash_sum 0)"
id=$(jq -r '.records[1].transaction_id' "$BATCH")
out=$(script -qec "sdc issue $BATCH --reader 1 --transaction $id" "$WORK/typescript" </dev/null)
check_eq "issue at a terminal" 0 $?
check_match "progress in place at a terminal" $'\r\e\\[K\\[2/' "$out"
check_match "issue for people" 'PIN letter +/' "$out"

# ---- card show, verify without PIN ----
out=$(sdc card show --reader 0)
check_match "card show: GUID" "GUID +$guid" "$out"
check_match "card show: hand over" 'transport PIN: hand the card over' "$out"
check_match "card show: subject" "serialNumber=$guid" "$out"
check_match "card show: usage" 'digitalSignature, nonRepudiation' "$out"
out=$(sdc card show --reader 0 --json --stats)
check "card show --json" json_ok ".guid == \"$guid\" and .pin == \"transport\" and (.objects | length) == 7 and
    (.certificates | map(.state) | unique) == [\"present\"] and .stats.apdus == 13" "$out"
out=$(sdc verify --reader 0 --stats 2>"$WORK/stats")
check_eq "verify" "0 verdict: ACCEPT" "$? $(last_line "$out")"
check "verify --stats" grep -qE '^stats: [0-9]+ APDUs, [0-9]+ bytes out, [0-9]+ bytes in, [0-9.]+ ms$' "$WORK/stats"
check "on a contact card's line" grep -qE '^stats: line and reader of a contact card: [0-9]+ ms at TA1 96, [0-9]+ ms at TA1 95, [0-9]+ ms at TA1 11$' "$WORK/stats"
check_match "what needs the PIN was not made" '^not made +printed information' "$out"
check_match "what a signature covers" "GUID +$guid" "$out"
out=$(sdc verify --reader 0 --json --profile chip)
check "verify --json" json_ok ".verdict == \"ACCEPT\" and .exit == 0 and .guid == \"$guid\" and (has(\"name\") | not) and
    all(.checks[]; .state == \"passed\" or (.state == \"not made\" and .why != \"\"))" "$out"
expect_status 64 sdc verify --reader 9 --profile nonsense --pin fd:9
expect_status 64 sdc verify --reader 0 --photo "$WORK/photo.gif"
out=$(sdc verify --reader 0 --trust "$WORK/second/trust")
check_eq "another issuer's anchors" "20 verdict: REJECT_UNKNOWN_ISSUER" "$? $(last_line "$out")"
refuse "no anchors at all" sdc verify --reader 0 --trust "$WORK/batch"

# ---- PINs: never on the command line ----
for words in "verify --pin $pin" "verify --pin=$pin" "handover --transport $transport --pin ask" \
    "handover --transport fd:0 --pin $pin" "verify $pin" "verify --pni=$pin"; do
    # shellcheck disable=SC2086
    out=$(sdc $words 2>&1 </dev/null)
    check_eq "refused: ${words%%[0-9]*}…" 64 $?
    refuse "and not repeated" grep -qE "$pin|$transport" <<<"$out"
done
expect_status 65 sdc verify --reader 0 --pin fd:9
expect_status 65 setsid -w sdc verify --reader 0 --pin ask

# ---- hand over ----
hand() { sdc handover --reader "$1" --transport fd:3 --pin fd:3 3< <(printf '%s\n%s\n' "$2" "$3"); }
out=$(hand 0 000000 $pin 2>&1)
check_eq "a wrong transport PIN" 30 $?
check_match "and how many tries are left" 'the transport PIN is wrong, 2 tries left' "$out"
for malformed in 12345 123456789 12345x ''; do
    out=$(hand 0 "$transport" "$malformed" 2>&1)
    check_eq "a malformed PIN" 30 $?
done
out=$(hand 0 000000 $pin 2>&1)
check_match "malformed PINs cost no try" '1 try left' "$out"
out=$(hand 0 "$transport" $pin)
check_eq "hand over" "0 Handed over: the holder's PIN is set, the transport PIN is gone." "$? $out"
out=$(hand 0 "$transport" $other_pin 2>&1)
check_eq "a second hand-over" 65 $?
second_letter=$(grep -l "$(sdc issue "$BATCH" --reader 1 --record 2 --json 2>/dev/null | jq -r .document_number)" "$SDC_HOME"/letters/*)
# shellcheck disable=SC2030,SC2031 # in the subshell only
out=$(export SDC_HOME="$WORK/none"; hand 1 "$(sed -n 's/^Transport PIN: //p' "$second_letter")" $other_pin)
check_match "hand over at a desk without a station" 'no registry was told' "$out"
check "card show: tries" json_ok '.pin == "set" and .tries == 3' "$(sdc card show --reader 0 --json)"

# ---- verify with PIN ----
check_pin() { sdc verify --reader 0 --pin fd:3 "${@:2}" 3<<<"$1"; }
out=$(check_pin $pin --photo "$WORK/photo.png")
check_eq "verify with PIN" "0 verdict: ACCEPT" "$? $(last_line "$out")"
check_match "the name, once verified" 'name +IBÁÑEZ NÚÑEZ, ITZEL' "$out"
check_match "all that needs the PIN was made" '^passed +printed information well formed' "$out"
check_eq "the photo as PNG" "89504e470d0a1a0a 600" "$(head -c 8 "$WORK/photo.png" | od -An -tx1 | tr -d " \n") $(stat -c %a "$WORK/photo.png")"
check_pin $pin --photo "$WORK/photo.jp2" >/dev/null
check_eq "the photo as JPEG 2000" "0000000c6a502020" "$(head -c 8 "$WORK/photo.jp2" | od -An -tx1 | tr -d " \n")"
expect_status 74 bash -c "sdc verify --reader 0 --pin fd:3 --photo $WORK/nowhere/photo.png 3<<<$pin"
check_match "no PIN, no photo" 'needs the PIN' "$(sdc verify --reader 0 --photo "$WORK/none.png" 2>&1)"
expect_status 64 sdc verify --reader 0 --photo "$WORK/none.png"
refuse "no file either" test -e "$WORK/none.png"
check "the PIN state is gone afterwards" json_ok '.objects | map(select(.name == "Printed Information"))[0].state == "needs the PIN"' \
    "$(sdc card show --reader 0 --json)"
out=$(check_pin 99999999 --json)
check_eq "a wrong PIN" 30 $?
check "and what is left" json_ok '.verdict == "PIN_WRONG" and .tries == 2' "$out"
check_pin 99999999 >/dev/null
out=$(check_pin 99999999)
check_eq "the last try" "30 verdict: PIN_BLOCKED" "$? $(last_line "$out")"
check_match "card show: blocked" 'blocked' "$(sdc card show --reader 0)"
check_eq "without PIN still genuine" "verdict: ACCEPT" "$(last_line "$(sdc verify --reader 0)")"

# ---- no card ----
card pull 0
out=$(sdc verify --reader 0 2>/dev/null)
check_eq "verify without card" "30 verdict: RETRY" "$? $(last_line "$out")"
check "as JSON" json_ok '.verdict == "RETRY" and .checks == []' "$(sdc verify --reader 0 --json 2>/dev/null)"
expect_status 30 sdc card show --reader 0
check_eq "one card left: it needs no name" "$name" "$(sdc card show --json | jq -r .reader)"
card pull 1
expect_status 30 sdc card show
expect_status 0 sdc doctor

# ---- a chip of the delivery: what it attests is checked down to its maker's CA, before anything is entered for it ----
stranger=$(sha256sum <"$WORK/other/0")
card start 0 "$WORK/other/0"
sdc stock receive "$WORK/other" >/dev/null
check_eq "a chip of the delivery is issued" 0 "$(sdc issue "$BATCH" --reader 0 --record 3 >/dev/null 2>"$WORK/chip"; echo $?)"
refuse "its flash is written" test "$stranger" = "$(sha256sum <"$WORK/other/0")"
check_match "stock list tells so" 'B2, .*: 2 chips, 1 blank' "$(sdc stock list)"
card pull 0

# ---- no PIN was written anywhere ----
# shellcheck disable=SC2031
found=$(grep -rlE "$pin|$other_pin" "$WORK" "$SDC_HOME" "$SDC_SANDBOX_DIR/log" 2>/dev/null)
check_eq "no PIN in files and logs" "" "$found"
finish
