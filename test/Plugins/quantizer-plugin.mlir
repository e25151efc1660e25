// RUN: pt2e-opt %s --load-quantizer-plugin=%plugins/libabacus.so --pt2e-annotate="quantizer=abacus options=weight-bits=4" | FileCheck %s
// RUN: pt2e-opt %s --load-quantizer-plugin=%plugins/libabacus.so --pt2e-annotate="quantizer=abacus" --pt2e-prepare | FileCheck %s --check-prefix=PREPARE
// RUN: not pt2e-opt %s --load-quantizer-plugin=%plugins/libabacus.so --pt2e-annotate="quantizer=abacus options=weight-bits=3" 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: not pt2e-opt %s --load-quantizer-plugin=%plugins/libabacus.so --pt2e-annotate="quantizer=abakus" 2>&1 | FileCheck %s --check-prefix=NAME

// OPTION: error: the quantizer abacus of the plugin abacus cannot be made: expected weight-bits=4|8 or add=codes|float, but got 'weight-bits=3'
// NAME: error: expected a quantizer (abacus, {{.*}}xnnpack), but got 'abakus'

// CHECK-DAG: #[[ACT:.*]] = #pt2e.spec<ui8, 0 : 255, affine, static, "power-of-two">
// CHECK-DAG: #[[WEIGHT:.*]] = #pt2e.spec<i4, -7 : 7, symmetric, static, "power-of-two">
// CHECK-LABEL: func @linear_relu
// CHECK: aten.linear {{.*}}operands = [#[[ACT]], #[[WEIGHT]]], results = [unit], rule = "product_relu"
// CHECK: aten.relu {{.*}}operands = [unit], results = [#[[ACT]]], rule = "product_relu"
// CHECK: aten.sigmoid {{.*}}pt2e.kept_float = {code = "no-unit", reason = "the Abacus has no unit for it"}

// The observer of the plugin saw the weight, and its numbers are kept.
// PREPARE: pt2e.site @w {{.*}}statistics {count = 12 : i64, max = array<f32: 3.000000e+00>, min = array<f32: -2.000000e+00>, observer = "power-of-two", values = array<f32: -2.000000e+00, 3.000000e+00>}
func.func @linear_relu(%x: tensor<2x4xf32>) -> tensor<2x3xf32> {
  %w = aten.parameter "w" dense<[[1.0, 2.0, 3.0, 0.0], [-2.0, 0.5, 0.5, 0.5], [1.0, 1.0, 1.0, 1.0]]> : tensor<3x4xf32>
  %0 = aten.linear %x, %w : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  %1 = aten.relu %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = aten.sigmoid %1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}
