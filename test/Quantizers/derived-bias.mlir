// A bias that a quantizer derives from input and weight is what XNNPACK adds
// to its sums; weights that it wants as f16 are kept so.
// RUN: pt2e-opt %s --pt2e-prepare --pt2e-convert --convert-aten-to-xnn -split-input-file | FileCheck %s

#act = #pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 3>
#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" axis = 0>
#bias = #pt2e.derived<i32, -2147483648 : 2147483647, from = [0, 1]>

// 1 / (0.5 * 2 / 127) is 127, 7 / (0.5 * 4 / 127) is 444.5.
// CHECK-LABEL: func @derived
// CHECK: xnn.constant dense<[127, 444]> : tensor<2xi32> scales dense<[0.00787401571, 0.0157480314]> : tensor<2xf32> along 0 : <qcint32, [2]>
// CHECK: xnn.fully_connected {{.*}}!xnn.value<qcint32, [2]>) -> !xnn.value<qint8,
func.func @derived(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = aten.parameter "b" dense<[1.0, 7.0]> : tensor<2xf32>
  %0 = aten.linear %x, %w, %b {pt2e.annotation = #pt2e.annotation<operands = [#act, #wgt, #bias], results = [#act], rule = "linear">} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// CHECK-LABEL: func @half
// CHECK: xnn.constant dense<{{.*}}> : tensor<2x2xf16> : <f16, [2, 2]>
// CHECK: xnn.fully_connected
func.func @half(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = aten.linear %x, %w {pt2e.annotation = #pt2e.annotation<operands = [unit, #pt2e.cast<f16>], results = [unit], rule = "linear">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
