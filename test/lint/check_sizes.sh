#!/usr/bin/env bash
# Fails if a source file has more than 800 lines.
#   check_sizes.sh SOURCE
set -euo pipefail
cd "$1"
git ls-files '*.cpp' '*.h' '*.td' '*.py' '*.sh' '*.cmake' '*CMakeLists.txt' | xargs wc -l |
  awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines, more than 800"; long = 1 } END { exit long }'
