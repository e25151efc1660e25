#!/usr/bin/env bash
# Fails if a C++ file is not formatted; clang-format 14 is the pinned version.
set -euo pipefail
cd "$1"
git ls-files '*.cpp' '*.h' | xargs clang-format-14 --dry-run --Werror
