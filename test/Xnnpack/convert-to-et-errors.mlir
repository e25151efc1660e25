// RUN: not pt2e-opt %s --convert-to-et 2>&1 | FileCheck %s

// CHECK: model.py:7:0: error: no kernel for aten::erfinv: erf in net.act (Act), model.py:7; XNNPACK does not run it: because
func.func @refused(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = aten.operator "aten::erfinv"(%x) {xnn.kept = "because", arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4xf32>) -> tensor<4xf32> loc(fused<#aten.scope<["net.act:my.Act"]>>["erf", "model.py":7:0])
  return %0 : tensor<4xf32>
}
