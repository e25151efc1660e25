// RUN: pt2e-opt --xnn-outline-delegates --split-input-file %s | FileCheck %s
// RUN: pt2e-opt --xnn-outline-delegates=in-order --split-input-file %s | FileCheck %s --check-prefix=ORDER
// RUN: pt2e-opt %s --split-input-file --xnn-outline-delegates --remarks-filter=outline -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// The kernel in the middle needs two delegates; the branch that does not need
// it is computed in the first, its value passed on; the constant goes to both.
// REMARK: [Missed] SplitDelegate {{.*}}delegate 1 begins behind it, with binary: it reads what delegate 0 computes, and is no part of one
// CHECK-LABEL: func.func @forward(
// CHECK-SAME: [[X:%.*]]: tensor<?x4xf32
// CHECK: [[D:%.*]]:2 = et.call_delegate @delegate_0([[X]])
// CHECK-SAME: -> (tensor<?x?xf32, #aten.bounds<[8, 4]>>, tensor<?x4xf32, #aten.bounds<[8, -1]>>)
// CHECK: [[K:%.*]] = aten.operator "aten::erf"([[D]]#1)
// CHECK: [[E:%.*]] = et.call_delegate @delegate_1([[D]]#0, [[K]])
// CHECK: return [[E]]
// CHECK: func.func private @delegate_0(%arg0: !xnn.value<f32, [8, 4]>) -> ({{.*}}) attributes {xnn.delegate}
// CHECK: xnn.constant
// CHECK: xnn.binary add
// CHECK: xnn.unary abs
// CHECK: func.func private @delegate_1(%arg0: !xnn.value<f32, [8, 4]>, %arg1: !xnn.value<f32, [8, 4]>)
// CHECK: xnn.constant
// CHECK: xnn.binary multiply %arg0, %arg1
// CHECK: xnn.binary subtract
!v = !xnn.value<f32, [8, 4]>
!t = tensor<?x4xf32, #aten.bounds<[8, -1]>>
func.func @forward(%x: !t) -> !t {
  %c = xnn.constant dense<1.0> : tensor<4xf32> : !xnn.value<f32, [4]>
  %0 = xnn.enter %x : (!t) -> !v
  %1 = xnn.binary add %0, %c : (!v, !xnn.value<f32, [4]>) -> !v
  %2 = xnn.unary abs %0 : (!v) -> !v
  %3 = xnn.leave %2 : (!v) -> !t
  %4 = aten.operator "aten::erf"(%3) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (!t) -> !t
  %5 = xnn.enter %4 : (!t) -> !v
  %6 = xnn.binary multiply %1, %5 : (!v, !v) -> !v
  %7 = xnn.binary subtract %6, %c : (!v, !xnn.value<f32, [4]>) -> !v
  %8 = xnn.leave %7 : (!v) -> !t
  return %8 : !t
}

// -----

// Branches that do not wait for each other share delegates; in order they do
// not.
// CHECK-LABEL: func.func @branches(
// CHECK-COUNT-2: call_delegate
// CHECK-NOT: call_delegate
// ORDER-LABEL: func.func @branches(
// ORDER: call_delegate @delegate_0
// ORDER: "aten::erf"
// ORDER: call_delegate @delegate_1
// ORDER: "aten::erf"
// ORDER: call_delegate @delegate_2
// ORDER-NOT: call_delegate
!v = !xnn.value<f32, [4]>
!t = tensor<4xf32>
func.func @branches(%x: !t, %y: !t) -> (!t, !t) {
  %0 = xnn.enter %x : (!t) -> !v
  %1 = xnn.unary abs %0 : (!v) -> !v
  %2 = xnn.leave %1 : (!v) -> !t
  %3 = aten.operator "aten::erf"(%2) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (!t) -> !t
  %4 = xnn.enter %3 : (!t) -> !v
  %5 = xnn.unary abs %4 : (!v) -> !v
  %6 = xnn.enter %y : (!t) -> !v
  %7 = xnn.unary negate %6 : (!v) -> !v
  %8 = xnn.leave %7 : (!v) -> !t
  %9 = aten.operator "aten::erf"(%8) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (!t) -> !t
  %10 = xnn.enter %9 : (!t) -> !v
  %11 = xnn.unary negate %10 : (!v) -> !v
  %12 = xnn.leave %5 : (!v) -> !t
  %13 = xnn.leave %11 : (!v) -> !t
  return %12, %13 : !t, !t
}

// -----

// Observers cut: each sees its value when it is made.
// CHECK-LABEL: func.func @observed(
// ORDER-LABEL: func.func @observed(
// CHECK-SAME: [[X:%.*]]: tensor<4xf32>
// CHECK: [[O0:%.*]] = pt2e.observe @s, [[X]]
// CHECK: [[D0:%.*]] = et.call_delegate @delegate_0([[O0]])
// CHECK: [[O1:%.*]] = pt2e.observe @s, [[D0]]
// CHECK: [[D1:%.*]] = et.call_delegate @delegate_1([[O1]])
// CHECK: [[O2:%.*]] = pt2e.observe @s, [[D1]]
// CHECK: return [[O2]]
!v = !xnn.value<f32, [4]>
!t = tensor<4xf32>
pt2e.site @s spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max" with {eps = 2.44140625e-04 : f32}>)
func.func @observed(%x: !t) -> !t {
  %a = pt2e.observe @s, %x : !t
  %0 = xnn.enter %a : (!t) -> !v
  %1 = xnn.unary abs %0 : (!v) -> !v
  %2 = xnn.leave %1 : (!v) -> !t
  %b = pt2e.observe @s, %2 : !t
  %3 = xnn.enter %b : (!t) -> !v
  %4 = xnn.unary negate %3 : (!v) -> !v
  %5 = xnn.leave %4 : (!v) -> !t
  %c = pt2e.observe @s, %5 : !t
  return %c : !t
}

// -----

// A write waits for the delegate that reads the buffer's old value; borders
// that meet cancel; a constant that leaves is a parameter.
// CHECK-LABEL: func.func @buffer(
// CHECK: [[P:%.*]] = aten.parameter "constant" dense<1.000000e+00>
// CHECK: aten.read_buffer
// CHECK: call_delegate
// CHECK: aten.write_buffer
// CHECK-NOT: call_delegate
!v = !xnn.value<f32, [4]>
!t = tensor<4xf32>
aten.buffer @acc "acc" dense<0.0> : tensor<4xf32>
func.func @buffer(%x: !t) -> (!t, !t) {
  %c = xnn.constant dense<1.0> : tensor<4xf32> : !v
  %l = xnn.leave %c : (!v) -> !t
  %0 = aten.read_buffer @acc : !t
  %1 = xnn.enter %0 : (!t) -> !v
  %2 = xnn.enter %x : (!t) -> !v
  %3 = xnn.leave %2 : (!v) -> !t
  %4 = xnn.enter %3 : (!t) -> !v
  %5 = xnn.binary add %4, %1 : (!v, !v) -> !v
  aten.write_buffer @acc, %x : !t
  %6 = xnn.leave %5 : (!v) -> !t
  return %6, %l : !t, !t
}

// -----

// Rows quantized at run time cannot leave a delegate: each that reads them has a conversion of its own.
// CHECK-LABEL: func.func @rows(
// CHECK: call_delegate @delegate_0
// CHECK-NOT: call_delegate
// CHECK: xnn.convert
// CHECK-NOT: xnn.convert
// ORDER-LABEL: func.func @rows(
// ORDER: et.call_delegate @delegate_0(%arg0)
// ORDER: "aten::erf"
// ORDER: et.call_delegate @delegate_1(%arg0)
// ORDER: @delegate_0
// ORDER: xnn.convert
// ORDER: @delegate_1
// ORDER: xnn.convert
func.func @rows(%x: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %0 = xnn.enter %x : (tensor<3x2xf32>) -> !xnn.value<f32, [3, 2]>
  %r = xnn.convert %0 : (!xnn.value<f32, [3, 2]>) -> !xnn.value<qdint8, [3, 2]>
  %w = xnn.constant dense<1> : tensor<2x2xi8> scales dense<0.5> : tensor<2xf32> along 0 : !xnn.value<qcint8, [2, 2]>
  %1 = xnn.fully_connected %r, %w : (!xnn.value<qdint8, [3, 2]>, !xnn.value<qcint8, [2, 2]>) -> !xnn.value<f32, [3, 2]>
  %2 = xnn.leave %1 : (!xnn.value<f32, [3, 2]>) -> tensor<3x2xf32>
  %3 = aten.operator "aten::erf"(%2) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %4 = xnn.fully_connected %r, %w {output_min = 0.0 : f32} : (!xnn.value<qdint8, [3, 2]>, !xnn.value<qcint8, [2, 2]>) -> !xnn.value<f32, [3, 2]>
  %5 = xnn.leave %4 : (!xnn.value<f32, [3, 2]>) -> tensor<3x2xf32>
  return %3, %5 : tensor<3x2xf32>, tensor<3x2xf32>
}
