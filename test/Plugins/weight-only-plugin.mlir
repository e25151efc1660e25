// Weights in groups, and nothing else: the plugin that was written from the guide.
// RUN: pt2e-opt %s --load-quantizer-plugin=%plugins/libnpu-int4.so --pt2e-annotate=quantizer=npu-int4 | FileCheck %s
// RUN: pt2e-opt %s --load-quantizer-plugin=%plugins/libnpu-int4.so --pt2e-annotate=quantizer=npu-int4 --pt2e-prepare --pt2e-convert | FileCheck %s --check-prefix=CONVERT
// RUN: pt2e-opt /dev/null -o /dev/null --load-quantizer-plugin=%plugins/libnpu-int4.so --pt2e-check-quantizer="quantizer=npu-int4 strict=true corpus=%data/cases" 2>&1 | FileCheck %s --check-prefix=CHECKER

// CHECKER: npu-int4: {{.*}} 0 errors, 0 warnings

// CHECK: #[[WEIGHT:.*]] = #pt2e.spec<i4, -8 : 7, symmetric, static, "block_min_max"{{.*}}block = [1, 32]
// CHECK: aten.linear {{.*}}operands = [unit, #[[WEIGHT]]], results = [unit], rule = "linear_int4"
// CHECK: aten.linear {{.*}}code = "group", reason = "the inputs are no multiple of 32"

// CONVERT: aten.parameter "w" {{.*}} : tensor<8x64xi4>
// CONVERT: pt2e.dequantize {{.*}} from <i4, -8 : 7, block = [1, 32]> : tensor<8x64xi4>, tensor<8x2xf32> -> tensor<8x64xf32>
// CONVERT: aten.parameter "v" {{.*}} : tensor<3x8xf32>
func.func @forward(%x: tensor<1x64xf32>) -> tensor<1x3xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<8x64xf32>
  %0 = aten.linear %x, %w : (tensor<1x64xf32>, tensor<8x64xf32>) -> tensor<1x8xf32>
  %v = aten.parameter "v" dense<0.5> : tensor<3x8xf32>
  %1 = aten.linear %0, %v : (tensor<1x8xf32>, tensor<3x8xf32>) -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}
