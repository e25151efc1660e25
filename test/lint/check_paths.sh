#!/usr/bin/env bash
# Fails if a text file, or one in a .pt2 archive, names an absolute path of somebody's machine.
#   check_paths.sh SOURCE
set -euo pipefail
cd "$1"
if git grep -nIE '(^|[^A-Za-z0-9_.$})-])/(root|home|work|tmp/[a-z])'; then
  echo "these lines name an absolute path of one machine"
  exit 1
fi
git ls-files -z '*.pt2' | python3 -c '
import re, sys, zipfile
named = False
for path in filter(None, sys.stdin.read().split("\0")):
    if not zipfile.is_zipfile(path):
        continue  # broken ones are tests, too
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            try:
                found = re.search(rb"[\"\x27]/(?:root|home|work|tmp/[a-z])[^\"\x27\\]*", archive.read(name))
            except Exception:
                continue
            if found:
                named = True
                print(f"{path}: {name} names {found[0][1:].decode()}")
sys.exit(named and "archives made by test/data/archive.py name no path of one machine")
'
