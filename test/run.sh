#!/usr/bin/env bash
# Installs what is missing, builds, and passes all tests.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake/setup.sh
cmake --preset release
cmake --build build/release
ctest --preset release -j2
