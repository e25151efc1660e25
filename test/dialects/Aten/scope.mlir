// Provenance round-trips, that of an op outside any module too.
// RUN: pt2e-opt %s --mlir-print-debuginfo | pt2e-opt --mlir-print-debuginfo | FileCheck %s

// CHECK-DAG: #[[NAME:.*]] = loc("relu")
// CHECK-DAG: #[[LINE:.*]] = loc("model.py":12:0)
// CHECK-DAG: loc(fused<#aten.scope<["features:torch.nn.Sequential", "features.0:torch.nn.ReLU"]>>[#[[NAME]], #[[LINE]]])
// CHECK-DAG: #[[SUB:.*]] = loc("sub")
// CHECK-DAG: loc(fused<#aten.scope<[]>>[#[[SUB]]])
#relu = loc(fused<#aten.scope<["features:torch.nn.Sequential", "features.0:torch.nn.ReLU"]>>["relu", "model.py":12:0])
#sub = loc(fused<#aten.scope<[]>>["sub"])
func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.relu %x : (tensor<4xf32>) -> tensor<4xf32> loc(#relu)
  %1 = aten.sub.Tensor %0, %x {alpha = 1 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc(#sub)
  return %1 : tensor<4xf32>
}
