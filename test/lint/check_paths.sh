#!/usr/bin/env bash
# Fails if a text file names an absolute path of somebody's machine.
#   check_paths.sh SOURCE
set -euo pipefail
cd "$1"
if git grep -nIE '(^|[^A-Za-z0-9_.$})-])/(root|home|work|tmp/[a-z])'; then
  echo "these lines name an absolute path of one machine"
  exit 1
fi
