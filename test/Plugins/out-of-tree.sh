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
# A plugin of passes, too, needs the installed headers and MLIR alone.
mkdir "$here/passes"
cp "$source/test/Plugins/Inputs/PassPlugin.cpp" "$source/test/Plugins/pass-plugin.mlir" "$here/passes"
cat > "$here/passes/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(passes LANGUAGES C CXX)
find_package(pt2e CONFIG REQUIRED)
pt2e_add_pass_plugin(abacus-passes PassPlugin.cpp)
END
"$cmake" -S "$here/passes" -B "$here/passes/build" -DCMAKE_PREFIX_PATH="$here/prefix;$llvm_bin/.." -DCMAKE_CXX_COMPILER="$compiler" >/dev/null
"$cmake" --build "$here/passes/build"
PT2E_PLUGIN_PATH=$here/passes/build/libabacus-passes.so "$here/prefix/bin/pt2e-opt" "$here/passes/pass-plugin.mlir" \
  --abacus-mark-relus | "$llvm_bin/FileCheck" "$here/passes/pass-plugin.mlir"
