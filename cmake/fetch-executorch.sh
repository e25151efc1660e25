#!/usr/bin/env bash
# Unpacks the ExecuTorch C++ SDK of the pinned wheel into third_party/sdk/<machine>.
#   cmake/fetch-executorch.sh [x86_64|aarch64]
set -euo pipefail
cd "$(dirname "$0")/.."
machine=${1:-$(uname -m)}
to=third_party/sdk/$machine
[ -e "$to/executorch/lib/libexecutorch.so" ] && exit 0
rm -rf "$to" && mkdir -p "$to"
echo "fetching the ExecuTorch 1.5.1 SDK for $machine"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
  --python-version 3.11 --platform "manylinux_2_28_$machine" \
  -r third_party/executorch.txt -d "$to"
python3 -m zipfile -e "$to"/executorch-*.whl "$to"
rm "$to"/executorch-*.whl
