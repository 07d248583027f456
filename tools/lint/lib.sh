# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# What the parts of `make lint` share. Each part is a script that prints what it objects to and exits 1 then.
set -eu
cd "${SDC_LINT_TOP:-$(dirname "${BASH_SOURCE[0]}")/../..}" # the tests of these scripts bring a tree of their own
export B=${B:-build} LC_ALL=C
mkdir -p "$B"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
objections=$scratch/objections # a file, because loops over pipes are processes of their own

# files GLOB...: the project's files of these names, also those not committed yet
files() { git ls-files -co --exclude-standard -- "$@" | sort -u | while read -r file; do [ ! -e "$file" ] || echo "$file"; done; }
product() { files 'applet/*.[ch]' 'host/*.[ch]' 'pkcs11/*.[ch]'; }
scripts() { files 'tools/*' 'tests/*.sh' .ci/run | while read -r file; do if head -n 3 "$file" | grep -qaE '^#!.*\bbash|shellcheck shell=bash'; then echo "$file"; fi; done; }

object() {
    printf '%s\n' "$*" | tee -a "$objections" >&2
}
# objects to each line of standard input
object_all() { tee -a "$objections" >&2; }
finish() { [ ! -s "$objections" ]; }
