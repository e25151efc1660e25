#!/usr/bin/env bash
# Writes docs/generated from the .td files; with --check only compares.
#   generate_docs.sh SOURCE LLVM_BIN LLVM_INCLUDE [--check]
set -euo pipefail
cd "$1"
to=docs/generated
[ "${4:-}" = --check ] && to=$(mktemp -d)
mkdir -p "$to"
flags="-I. -Iinclude -I$3"
for room in Aten Pt2e Xnn Et; do
  name=$(echo $room | tr A-Z a-z)
  "$2/mlir-tblgen" -gen-dialect-doc -dialect=$name $flags dialects/$room/${room}Ops.td >"$to/$name.md"
done
: >"$to/passes.md"
for passes in include/pt2e/*/Passes.td; do
  "$2/mlir-tblgen" -gen-pass-doc $flags $passes >>"$to/passes.md"
done
if [ "${4:-}" = --check ]; then
  diff -ru docs/generated "$to" || { echo "docs/generated is not current: run test/lint/generate_docs.sh $1 $2 $3"; exit 1; }
fi
