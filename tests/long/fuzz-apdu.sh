#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A million sequences of APDUs under ASan and UBSan, against the model of what may be true. FUZZ_RUNS says another number;
# SDC_FUZZ_SECONDS a limit of time, and then the number that ran is said.
set -u
runs=${FUZZ_RUNS:-1000000} jobs=$(nproc)
build=${B:-build}/fuzz
passed=0 failed=0
result() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $2"; fi; }
mkdir -p "${build%/*}"
make --no-print-directory -j"$jobs" B="$build" CC=clang-14 SAN=address,undefined CFLAGS=-fsanitize=fuzzer-no-link \
    "$build/fuzzers/fuzz_apdu" >"$build.log" 2>&1
result $? "the fuzzer doesn't build: $(tail -n 3 "$build.log")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pids=
for ((job = 0; job < jobs; job++)); do
    mkdir "$work/$job"
    "$build/fuzzers/fuzz_apdu" -runs=$((runs / jobs)) -max_total_time="${SDC_FUZZ_SECONDS:-0}" -seed=$((job + 1)) -max_len=4096 \
        -timeout=120 -print_final_stats=1 -artifact_prefix="$build/find-" "$work/$job" tests/fuzz/corpus/apdu >"$work/$job.log" 2>&1 &
    pids="$pids $!"
done
for pid in $pids; do
    wait "$pid"
    result $? "a find: $(ls "$build"/find-* 2>/dev/null | tail -n 1)"
done
echo "$(awk '/^stat::number_of_executed_units/ { n += $2 } END { print n + 0 }' "$work"/*.log) sequences"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
