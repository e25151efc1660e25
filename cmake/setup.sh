#!/usr/bin/env bash
# Installs what the build needs and this machine lacks: Debian packages and the ExecuTorch SDK.
# third_party/README.md says what each is for.
set -euo pipefail
cd "$(dirname "$0")/.."

packages="g++ cmake ninja-build pkg-config python3 python3-pip git
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools
  libflatbuffers-dev flatbuffers-compiler zlib1g-dev libpng-dev libjpeg62-turbo-dev
  libabsl-dev libfmt-dev libgtest-dev libgmock-dev libbenchmark-dev clang-format-14 dataset-fashion-mnist"
# For the tests of label `arm`: PT2E_ARM=1.
if [ "${PT2E_ARM:-0}" = 1 ]; then
  packages="$packages g++-aarch64-linux-gnu qemu-user"
fi
missing=""
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
if [ -n "$missing" ]; then
  echo "installing:$missing"
  sudo=""
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
cmake/fetch-executorch.sh
# Without them the tests of label `arm` are skipped, and say so.
if [ "${PT2E_ARM:-0}" = 1 ]; then
  cmake/fetch-aarch64.sh || echo "no arm64 libraries: the tests of label arm will be skipped"
fi
