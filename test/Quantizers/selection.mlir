// Name, type and operator reach convolutions; the innermost module wins, then
// name before type before operator before global.
// RUN: pt2e-opt %s --pt2e-annotate=config=%S/Inputs/selection.json | FileCheck %s

#a = loc(fused<#aten.scope<[":Net", "a:Block", "a.conv:torch.nn.modules.conv.Conv2d"]>>["conv_a", "model.py":1:0])
#a1 = loc(fused<#aten.scope<[":Net", "a:Block", "a.other:torch.nn.modules.conv.Conv2d"]>>["conv_a1", "model.py":2:0])
#b = loc(fused<#aten.scope<[":Net", "b:torch.nn.modules.conv.Conv2d"]>>["conv_b", "model.py":3:0])
#r = loc(fused<#aten.scope<[":Net"]>>["relu", "model.py":4:0])
#l = loc(fused<#aten.scope<[":Net", "fc:torch.nn.modules.linear.Linear"]>>["linear", "model.py":5:0])
#m = loc(fused<#aten.scope<[":Net"]>>["mul", "model.py":6:0])

// CHECK-DAG: #[[PT:spec.*]] = #pt2e.spec<i8, -127 : 127, symmetric, static, "min_max" with
// CHECK-DAG: #[[WIDE:spec.*]] = #pt2e.spec<i8, -128 : 127, symmetric, static, "per_channel_min_max" with
// CHECK-DAG: #[[NARROW:spec.*]] = #pt2e.spec<i8, -64 : 63, affine, static, "min_max" with {eps = 9.31322574E-10 : f32}>
// CHECK-LABEL: func @forward
// a.conv by its own name, a.other by that of its parent.
// CHECK: aten.conv2d {{.*}}operands = [#{{.*}}, #[[PT]]]
// CHECK: aten.conv2d {{.*}}kept_float = {code = "asked"
// By type; the relu that nothing covers but global goes with it.
// CHECK: aten.conv2d {{.*}}operands = [#{{.*}}, #[[WIDE]]], results = [unit], rule = "conv2d_relu"
// CHECK: aten.relu {{.*}}rule = "conv2d_relu"
// CHECK: aten.linear {{.*}}kept_float = {code = "asked"
// CHECK: aten.mul.Tensor {{.*}}operands = [#[[NARROW]], #[[NARROW]]]
func.func @forward(%x: tensor<1x1x2x2xf32>, %y: tensor<1x2xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x2xf32>) {
  %w = aten.parameter "w" dense<0.5> : tensor<1x1x1x1xf32>
  %v = aten.parameter "v" dense<0.5> : tensor<2x2xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32> loc(#a)
  %1 = aten.conv2d %0, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32> loc(#a1)
  %2 = aten.conv2d %1, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32> loc(#b)
  %3 = aten.relu %2 : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32> loc(#r)
  %4 = aten.linear %y, %v : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc(#l)
  %5 = aten.mul.Tensor %4, %y : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32> loc(#m)
  return %3, %5 : tensor<1x1x2x2xf32>, tensor<1x2xf32>
}
