#!/usr/bin/env bash
# Builds `pt2e` for aarch64 in build/arm.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/arm/need-tools.sh
cmake --preset arm -DPT2E_BUILD_TESTS=OFF
cmake --build --preset arm --target pt2e
