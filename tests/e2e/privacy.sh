#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What nobody may learn without the PIN is nowhere without the PIN: not in the free objects, not in a certificate, not in a
# log, not in the station's own files. (That no free hash can be met by a guess is test_objects' matter.)
. "$(dirname "$0")/lib.sh"
record=1
holder=314159
free=(5FC107 5FC102 5FC106 7E 5FC10C 5FC105 5FC10A 5FC10B 5FC101)
held=(5FC108 5FC109)
station
issue_card 0 $record
letter=$(jq -r .letter "$WORK/issued-0.json")
transport=$(sed -n 's/^Transport PIN: //p' "$letter")
hand_over 0 $holder
for tag in "${held[@]}"; do
    refuse "object $tag is closed after the handover" "$BUILD/tests/piv-read" "$tag"
done
{
    sdc verify --stats
    sdc verify --stats --json
    sdc card show --stats
    sdc doctor
} >"$WORK/shown" 2>&1
# the MRZ, CAN and document number are for whoever asked for the card to be made, so they are no log
jq 'del(.mrz, .can, .document_number)' "$WORK/issued-0.json" >"$WORK/result"
cat "$WORK"/{init,issue-0,handover-0}.log "$WORK/result" >"$WORK/log"

# everything that must not be found, whole and in parts
field() { jq -r ".records[$((record - 1))].$1 // empty" $BATCH; }
ascii() { iconv -f UTF-8 -t ASCII//TRANSLIT; }
{
    for name in surname given_names place_of_birth address.line1 address.city; do
        field $name
        field $name | ascii
        field $name | tr ' ' '\n'
        field $name | ascii | tr ' ' '<'
    done
    for value in a_number date_of_birth asylum.kind asylum.filed; do
        field $value
        field $value | tr -d 'A-'
    done
    printf '%s\n' asylum affirmative defensive refugee immigration removal
} | grep -E '.{4,}' | sort -u >"$WORK/all"
grep -vixE '[0-9a-f]{4,7}' "$WORK/all" >"$WORK/words"
# so short that hex digits hold them by chance: as words only
{
    grep -ixE '[0-9a-f]{4,7}' "$WORK/all"
    field employment_authorization.category
} >"$WORK/codes"
check "there is something to search for" [ "$(wc -l <"$WORK/words")" -gt 15 ]
# FILE...: one of the words stands in them, as UTF-8 or with NULs between (UTF-16, UCS-4)
found() {
    local file
    for file; do
        tr -d '\000' <"$file" >"$WORK/flat"
        if grep -aqiFf "$WORK/words" "$file" "$WORK/flat" || grep -aqwFf "$WORK/codes" "$file"; then
            echo "in $file"
            return 0
        fi
    done
    return 1
}

sdc verify --pin fd:3 3<<<$holder >"$WORK/held-report" 2>&1 || stop "verify with the PIN"
for tag in "${held[@]}"; do
    refuse "object $tag is closed after a verification with the PIN" "$BUILD/tests/piv-read" "$tag"
done
for tag in "${held[@]}"; do
    refuse "object $tag needs the PIN" "$BUILD/tests/piv-read" "$tag"
    "$BUILD/tests/piv-read" "$tag" $holder >"$WORK/held-$tag" || stop "object $tag opens with the PIN"
done
check "the search finds the name where it is" found "$WORK/held-5FC109"
for tag in "${free[@]}"; do
    "$BUILD/tests/piv-read" "$tag" >"$WORK/free-$tag" || stop "object $tag is free to read"
    refuse "object $tag tells nothing" found "$WORK/free-$tag"
done
for tag in 5FC105 5FC10A 5FC10B 5FC101; do
    openssl x509 -inform DER -in "$WORK/free-$tag" -noout -text -nameopt utf8 >"$WORK/cert-$tag.txt" || stop "certificate $tag"
    refuse "certificate $tag tells nothing" found "$WORK/cert-$tag.txt"
    check_match "certificate $tag names its GUID" "serialNumber ?= ?$(jq -r .guid "$WORK/issued-0.json")" "$(tr 'A-F' 'a-f' <"$WORK/cert-$tag.txt" | sed 's/serialnumber/serialNumber/')"
done
for file in "$SDC_HOME"/trust/*.pem; do
    openssl x509 -in "$file" -noout -text -nameopt utf8 >"$WORK/trust.txt" || stop "$file"
    refuse "$(basename "$file") tells nothing" found "$WORK/trust.txt"
done
refuse "nothing shown without the PIN tells anything" found "$WORK/shown"
refuse "no log tells anything" found "$WORK/log" "$SDC_SANDBOX_DIR"/log/*
refuse "no log holds a PIN" grep -aF -e "$transport" -e $holder "$WORK/log" "$WORK/shown" "$SDC_SANDBOX_DIR"/log/*
# station.conf speaks of the product; everything else in the station's folder is data
mapfile -t kept < <(find "$SDC_HOME" -type f ! -name station.conf)
refuse "no file of the station tells anything" found "${kept[@]}"
check_eq "a letter is for its owner alone" 600 "$(stat -c %a "$letter")"
finish
