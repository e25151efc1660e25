#!/usr/bin/env bash
# Runs a program under an emulated ARM CPU and compares the outputs with this machine's.
#   compare-arm.sh PT2E PT2E_ARM CPU M.pte WORKDIR MAX_ERROR DATA_OPTION...
set -euo pipefail
. "$(dirname "$0")/need-tools.sh"
pt2e=$1 arm=$2 cpu=$3 program=$4 work=$5 max_error=$6
shift 6
rm -rf "$work"
mkdir -p "$work"
qemu-aarch64 -cpu "$cpu" -L /usr/aarch64-linux-gnu "$arm" run "$program" --output-dir "$work" "$@"
"$pt2e" compare "$program" "$work" --max-error "$max_error" "$@"
