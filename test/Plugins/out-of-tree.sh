#!/usr/bin/env bash
# Installs pt2e into an empty prefix, builds and tests examples/quantizer-plugin there, and does what the guide says.
#   out-of-tree.sh CMAKE BUILD SOURCE LLVM_BIN COMPILER
set -euo pipefail
cmake=$1 build=$2 source=$3 llvm_bin=$4 compiler=$5
here=$build/test/out-of-tree
rm -rf "$here"
"$cmake" --install "$build" --prefix "$here/prefix" >/dev/null
# A copy: the plugin's sources are nowhere near those of pt2e.
cp -r "$source/examples/quantizer-plugin" "$here/abacus"
"$cmake" -S "$here/abacus" -B "$here/abacus/build" -DCMAKE_PREFIX_PATH="$here/prefix" -DCMAKE_CXX_COMPILER="$compiler"
"$cmake" --build "$here/abacus/build"
ctest --test-dir "$here/abacus/build" --output-on-failure --no-tests=error
"$source/test/Plugins/guide.py" "$source/docs/quantizer-guide.md" "$here/guide" "$here/prefix" "$llvm_bin" "$compiler"
