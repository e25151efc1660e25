// Linear layers in modules, and what stands between them; read by rules-*.test.
#stem = loc(fused<#aten.scope<[":Net", "stem:torch.nn.modules.linear.Linear"]>>["linear", "model.py":1:0])
#relu = loc(fused<#aten.scope<[":Net"]>>["relu", "model.py":2:0])
#one = loc(fused<#aten.scope<[":Net", "blocks:Blocks", "blocks.1:torch.nn.modules.linear.Linear"]>>["linear_1", "model.py":3:0])
#relu1 = loc(fused<#aten.scope<[":Net"]>>["relu_1", "model.py":4:0])
#two = loc(fused<#aten.scope<[":Net", "blocks:Blocks", "blocks.2:torch.nn.modules.linear.Linear"]>>["linear_2", "model.py":5:0])
#mul = loc(fused<#aten.scope<[":Net"]>>["mul", "model.py":6:0])
#head = loc(fused<#aten.scope<[":Net", "head:torch.nn.modules.linear.Linear"]>>["linear_3", "model.py":7:0])
func.func @forward(%x: tensor<1x32xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<32x32xf32>
  %v = aten.parameter "v" dense<0.5> : tensor<2x32xf32>
  %0 = aten.linear %x, %w : (tensor<1x32xf32>, tensor<32x32xf32>) -> tensor<1x32xf32> loc(#stem)
  %1 = aten.relu %0 : (tensor<1x32xf32>) -> tensor<1x32xf32> loc(#relu)
  %2 = aten.linear %1, %w : (tensor<1x32xf32>, tensor<32x32xf32>) -> tensor<1x32xf32> loc(#one)
  %3 = aten.relu %2 : (tensor<1x32xf32>) -> tensor<1x32xf32> loc(#relu1)
  %4 = aten.linear %3, %w : (tensor<1x32xf32>, tensor<32x32xf32>) -> tensor<1x32xf32> loc(#two)
  %5 = aten.mul.Tensor %4, %x : (tensor<1x32xf32>, tensor<1x32xf32>) -> tensor<1x32xf32> loc(#mul)
  %6 = aten.linear %5, %v : (tensor<1x32xf32>, tensor<2x32xf32>) -> tensor<1x2xf32> loc(#head)
  return %6 : tensor<1x2xf32>
}
