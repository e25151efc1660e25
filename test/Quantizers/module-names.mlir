// test_set_module_name_with_underscores: a name is a whole path of modules, dots and underscores are two things, and
// what begins like it is another module. With both quantizers that have the setter.
// RUN: pt2e-opt %s --pt2e-annotate="rules=block_1.sub_module=float" | FileCheck %s
// RUN: pt2e-opt %s --pt2e-annotate="quantizer=x86-inductor rules=block_1.sub_module=float" | FileCheck %s
#a = loc(fused<#aten.scope<[":Net", "block_1:Block", "block_1.sub_module:torch.nn.modules.linear.Linear"]>>["linear", "model.py":1:0])
#b = loc(fused<#aten.scope<[":Net", "block_1_sub_module:torch.nn.modules.linear.Linear"]>>["linear_1", "model.py":2:0])
#c = loc(fused<#aten.scope<[":Net", "block_1:Block", "block_1.sub_module_2:torch.nn.modules.linear.Linear"]>>["linear_2", "model.py":3:0])
// CHECK: aten.linear {{.*}}kept_float = {code = "asked"
// CHECK: aten.linear {{.*}}rule = "linear"
// CHECK: aten.linear {{.*}}rule = "linear"
func.func @forward(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2xf32>
  %0 = aten.linear %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc(#a)
  %1 = aten.linear %0, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc(#b)
  %2 = aten.linear %1, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc(#c)
  return %2 : tensor<1x2xf32>
}
