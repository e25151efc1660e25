// RUN: pt2e-opt %s --load-pass-plugin=%plugins/libabacus-passes.so --load-dialect-plugin=%plugins/libabacus-passes.so --abacus-mark-relus | FileCheck %s
// RUN: env PT2E_PLUGIN_PATH=%plugins/libabacus-passes.so:%plugins/libabacus.so pt2e-opt %s --pass-pipeline="builtin.module(abacus-mark-relus)" | FileCheck %s
// RUN: not pt2e-opt %s 2>&1 | FileCheck %s --check-prefix=WITHOUT

// CHECK-LABEL: func @two
// CHECK: aten.relu {{.*}} {unit = "abacus"}
// CHECK: "abacus.run"
// WITHOUT: operation being parsed with an unregistered dialect
func.func @two(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = "abacus.run"(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
