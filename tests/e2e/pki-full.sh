#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A roll while disk and token fill up, with every amount of room left: the next CA and its signer are both there or
# neither, no file is half written, and with room the same call goes on.
if [ -z "${SDC_OWN_MOUNTS:-}" ]; then # a disk of its own, which an ordinary user may mount in a namespace of his own
    own=-m
    ! unshare -rm true 2>/dev/null || own=-rm
    SDC_OWN_MOUNTS=1 exec unshare $own bash "$0"
fi
. "$(dirname "$0")/lib.sh"
disk=$WORK/disk
mkdir "$disk"
mount -t tmpfs -o size=4m tmpfs "$disk" || stop "a small disk"
export SDC_HOME=$disk/station
station

fill() { # ROOM IN KIB
    local free
    free=$(df --output=avail -k "$disk" | tail -n 1)
    head -c $(((free - $1) * 1024)) /dev/zero >"$disk/fill"
}
generations() { sdc pki status --json | jq -r '[.keys[] | select(.key == "csca" or .key == "ds") | .generation] | join(" ")'; }

done=0 refused=0 mixed=0 lost=0
for room in $(seq 0 4 140); do
    before=$(generations)
    fill "$room"
    if sdc pki roll csca >"$WORK/roll" 2>&1; then done=$((done + 1)); else refused=$((refused + 1)); fi
    rm "$disk/fill"
    after=$(generations) || lost=$((lost + 1))
    read -r csca ds <<<"$before"
    [ "$after" = "$before" ] || [ "$after" = "$((csca + 1)) $((ds + 1))" ] || mixed=$((mixed + 1))
done
check "without room it was refused ($refused times)" [ $refused -ge 5 ]
check "with enough it was done ($done times)" [ $done -ge 5 ]
check_eq "never half of it" 0 $mixed
check_eq "the station always opened afterwards" 0 $lost
for file in "$SDC_HOME"/trust/*.pem; do
    openssl x509 -in "$file" -noout 2>/dev/null || fail "a whole certificate" "$file"
done
read -r csca ds <<<"$(generations)"
check "the newest signer is the newest CA's" openssl verify -CAfile "$SDC_HOME/trust/csca-$csca.pem" "$SDC_HOME/trust/ds-$ds.pem"
check_eq "nothing is left of what wasn't finished" "" "$(find "$SDC_HOME/trust" -type f ! -name '*.pem' ! -name '*.cvc')"
umount "$disk"
finish
