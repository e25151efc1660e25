// A pass that fails leaves a reproducer: the program before it and the pipeline, to be run again.
// RUN: rm -f %t.mlir
// RUN: not pt2e-opt %s --pass-pipeline="builtin.module(cse,et-plan-memory)" --mlir-pass-pipeline-crash-reproducer=%t.mlir 2>&1 | FileCheck %s --check-prefix=ERROR
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: not pt2e-opt %t.mlir --run-reproducer 2>&1 | FileCheck %s --check-prefix=ERROR

// With a local reproducer it starts at the pass that fails: cse is done.
// RUN: not pt2e-opt %s --pass-pipeline="builtin.module(cse,et-plan-memory)" --mlir-pass-pipeline-crash-reproducer=%t.local.mlir --mlir-pass-pipeline-local-reproducer --mlir-disable-threading 2>&1 | FileCheck %s --check-prefix=ERROR
// RUN: FileCheck %s --input-file=%t.local.mlir --check-prefix=LOCAL
// RUN: not pt2e-opt %t.local.mlir --run-reproducer 2>&1 | FileCheck %s --check-prefix=ERROR

// ERROR: expected an upper bound for every dimension

// CHECK: et.call_kernel "aten::abs.out"
// CHECK: et.call_kernel "aten::abs.out"
// CHECK: mlir_reproducer
// CHECK: pipeline: "builtin.module(cse, et-plan-memory)

// LOCAL: et.call_kernel "aten::abs.out"
// LOCAL: mlir_reproducer
// LOCAL-NOT: cse
// LOCAL: et-plan-memory
func.func @forward(%x: tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %1 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
}
