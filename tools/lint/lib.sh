# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What the parts of `make lint` share. Each part is a script that prints what it objects to and exits 1 then.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export B=${B:-build} LC_ALL=C
objections=0
mkdir -p "$B"

# files GLOB...: the project's files of these names, also those not committed yet
files() { git ls-files -co --exclude-standard -- "$@" | sort -u | while read -r file; do [ ! -e "$file" ] || echo "$file"; done; }
product() { files 'applet/*.[ch]' 'host/*.[ch]' 'pkcs11/*.[ch]'; }
scripts() { files 'tools/*' 'tests/*.sh' .ci/run | while read -r file; do if head -n 3 "$file" | grep -qaE '^#!.*\bbash|shellcheck shell=bash'; then echo "$file"; fi; done; }

object() {
    printf '%s\n' "$*" >&2
    objections=1
}
# objects to each line of standard input
object_all() {
    local line
    while IFS= read -r line; do object "$line"; done
}
finish() { exit "$objections"; }
