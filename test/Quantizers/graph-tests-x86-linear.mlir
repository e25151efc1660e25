// PyTorch's graph tests of linear ops with X86InductorQuantizer, test_x86inductor_quantizer.py: what reads codes, and
// which ops stay inside a pattern in float. docs/graph-tests.md has the list.
// RUN: pt2e-opt %s --pt2e-annotate=quantizer=x86-inductor --pt2e-prepare -split-input-file | FileCheck %s
// RUN: pt2e-opt %s --pt2e-annotate="quantizer=x86-inductor recipe=dynamic-int8" --pt2e-prepare -split-input-file | FileCheck %s

// test_linear_binary, _dynamic: input and weight alone are observed; the add behind one of the two ops belongs to it,
// and its other operand stays float.
// CHECK-COUNT-3: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @linear_binary
// CHECK: %[[X:.*]] = pt2e.observe @{{.*}}, %arg0
// CHECK: %[[A:.*]] = aten.linear %[[X]], %[[W:[0-9a-z]+]] {{.*}}
// CHECK: %[[B:.*]] = aten.linear %[[X]], %[[V:[0-9a-z]+]] {{.*}}
// CHECK-NEXT: %[[S:.*]] = aten.add.Tensor %[[A]], %[[B]]
// CHECK-NEXT: return %[[S]]
func.func @linear_binary(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2xf32>
  %v = aten.parameter "v" dense<2.0> : tensor<2x2xf32>
  %0 = aten.linear %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = aten.linear %x, %v : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %2 = aten.add.Tensor %0, %1 {alpha = 1 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// test_linear_binary2: what is added is the input itself, in float.
// CHECK-COUNT-2: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @linear_binary2
// CHECK: %[[A:.*]] = aten.linear
// CHECK-NEXT: %[[S:.*]] = aten.add.Tensor %arg0, %[[A]]
// CHECK-NEXT: return %[[S]]
func.func @linear_binary2(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2xf32>
  %0 = aten.linear %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = aten.add.Tensor %x, %0 {alpha = 1 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// test_linear_binary_unary, _serials: add and relu are inside the first pattern, the next op reads codes.
// CHECK-COUNT-4: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @linear_binary_unary
// CHECK: %[[A:.*]] = aten.linear
// CHECK-NEXT: %[[S:.*]] = aten.add.Tensor %[[A]], %arg0
// CHECK-NEXT: %[[R:.*]] = aten.relu %[[S]]
// CHECK-NEXT: %[[O:.*]] = pt2e.observe @{{.*}}, %[[R]]
// CHECK-NEXT: %[[B:.*]] = aten.linear %[[O]]
// CHECK-NEXT: return %[[B]]
func.func @linear_binary_unary(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2xf32>
  %v = aten.parameter "v" dense<2.0> : tensor<2x2xf32>
  %0 = aten.linear %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = aten.add.Tensor %0, %x {alpha = 1 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %2 = aten.relu %1 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %3 = aten.linear %2, %v : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// -----

// test_linear_reused_with_fusable_post_op: one weight in two ops, with a gelu behind one. Each call is an op of its own
// here, so that the pattern of the first is no matter of the second; the weight has one observer.
// CHECK-COUNT-3: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @linear_reused
// CHECK: %[[W:.*]] = pt2e.observe @w,
// CHECK: %[[A:.*]] = aten.linear %{{.*}}, %[[W]]
// CHECK-NEXT: %[[G:.*]] = aten.gelu %[[A]]
// CHECK-NEXT: %[[O:.*]] = pt2e.observe @{{.*}}, %[[G]]
// CHECK-NEXT: %[[B:.*]] = aten.linear %[[O]], %[[W]]
// CHECK-NEXT: return %[[B]]
func.func @linear_reused(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2xf32>
  %0 = aten.linear %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = aten.gelu %0 {approximate = "none"} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %2 = aten.linear %1, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}
