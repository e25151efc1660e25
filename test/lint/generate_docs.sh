#!/usr/bin/env bash
# Writes docs/generated from the .td files; with --check only compares.
#   generate_docs.sh [--check] [LLVM_PREFIX]
set -euo pipefail
cd "$(dirname "$0")/../.."
check=
[ "${1:-}" = --check ] && { check=1; shift; }
llvm=${1:-/usr/lib/llvm-22}
to=docs/generated
[ -n "$check" ] && to=$(mktemp -d) && trap 'rm -rf "$to"' EXIT
mkdir -p "$to"
flags="-I. -Iinclude -I$llvm/include"
for room in Aten Pt2e Xnn Et; do
  name=$(echo $room | tr A-Z a-z)
  "$llvm/bin/mlir-tblgen" -gen-dialect-doc -dialect=$name $flags dialects/$room/${room}Ops.td >"$to/$name.md"
done
: >"$to/passes.md"
for passes in include/pt2e/*/Passes.td; do
  "$llvm/bin/mlir-tblgen" -gen-pass-doc $flags $passes >>"$to/passes.md"
done
if [ -n "$check" ]; then
  diff -ru docs/generated "$to" || { echo "docs/generated is not current: run test/lint/generate_docs.sh"; exit 1; }
fi
