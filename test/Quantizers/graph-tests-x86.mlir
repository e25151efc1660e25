// PyTorch's graph tests of X86InductorQuantizer, test_x86inductor_quantizer.py: how many quantize and dequantize there
// are, and of what. Each observe becomes a pair. docs/graph-tests.md has the list.
// RUN: pt2e-opt %s --pt2e-annotate=quantizer=x86-inductor --pt2e-prepare -split-input-file | FileCheck %s

// test_flatten_recipe: behind a quantized op, and read by one, flatten keeps the scale: its input and its result have
// one observer.
// CHECK-LABEL: func @flatten
// CHECK-COUNT-2: pt2e.observe
// CHECK: %[[C:.*]] = aten.conv2d
// CHECK: %[[R:.*]] = aten.relu %[[C]]
// CHECK: %[[O:.*]] = pt2e.observe @[[RELU:.*]], %[[R]]
// CHECK: %[[F:.*]] = aten.flatten.using_ints %[[O]]
// CHECK: %[[G:.*]] = pt2e.observe @[[RELU]], %[[F]]
// CHECK-NEXT: aten.parameter
// CHECK-NEXT: pt2e.observe
// CHECK-NEXT: aten.linear %[[G]]
// CHECK-NOT: pt2e.observe
func.func @flatten(%x: tensor<1x1x2x2xf32>) -> tensor<1x1xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %1 = aten.relu %0 : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %2 = aten.flatten.using_ints %1 {start_dim = 1 : i64, end_dim = -1 : i64} : (tensor<1x1x2x2xf32>) -> tensor<1x4xf32>
  %v = aten.parameter "v" dense<1.0> : tensor<1x4xf32>
  %3 = aten.linear %2, %v : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// -----

// test_flatten_recipe2: behind a float op flatten is float, too.
// CHECK-LABEL: func @flatten_of_float
// CHECK: %[[V:.*]] = aten.parameter
// CHECK-NEXT: pt2e.observe @v, %[[V]]
// CHECK-NEXT: %[[F:.*]] = aten.flatten.using_ints %arg0
// CHECK-NEXT: pt2e.observe @{{.*}}, %[[F]]
// CHECK: aten.linear
// CHECK-NOT: pt2e.observe
func.func @flatten_of_float(%x: tensor<1x1x2x2xf32>) -> tensor<1x1xf32> {
  %v = aten.parameter "v" dense<1.0> : tensor<1x4xf32>
  %0 = aten.flatten.using_ints %x {start_dim = 1 : i64, end_dim = -1 : i64} : (tensor<1x1x2x2xf32>) -> tensor<1x4xf32>
  %1 = aten.linear %0, %v : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// -----

// test_cat_recipe: the results of two convolutions and that of cat have one observer where a quantized op reads it.
// CHECK-LABEL: func @cat
// CHECK: aten.conv2d
// CHECK-NEXT: pt2e.observe @[[CAT:[a-z0-9_]+]],
// CHECK-NEXT: aten.conv2d
// CHECK-NEXT: pt2e.observe @[[CAT]],
// CHECK-NEXT: %[[C:.*]] = aten.cat
// CHECK-NEXT: pt2e.observe @[[CAT]], %[[C]]
// CHECK-NEXT: aten.max_pool2d
// CHECK-NEXT: pt2e.observe @[[CAT]],
// CHECK-NOT: pt2e.observe
func.func @cat(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x1x1xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %v = aten.parameter "v" dense<2.0> : tensor<1x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %1 = aten.conv2d %x, %v {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %2 = aten.cat %0, %1 {dim = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32>
  %3 = aten.max_pool2d %2 {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, ceil_mode = false} : (tensor<1x2x2x2xf32>) -> tensor<1x2x1x1xf32>
  return %3 : tensor<1x2x1x1xf32>
}

// -----

// test_cat_recipe_same_inputs: one tensor twice is observed once.
// CHECK-LABEL: func @cat_same_inputs
// CHECK: %[[C:.*]] = aten.conv2d
// CHECK-NEXT: %[[O:.*]] = pt2e.observe @[[CAT:.*]], %[[C]]
// CHECK-NEXT: %[[R:.*]] = aten.cat %[[O]], %[[O]]
// CHECK-NEXT: pt2e.observe @[[CAT]], %[[R]]
// CHECK-NOT: pt2e.observe
func.func @cat_same_inputs(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %1 = aten.cat %0, %0 {dim = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}

// -----

// test_cat_recipe_single_input
// CHECK-LABEL: func @cat_single_input
// CHECK: %[[C:.*]] = aten.conv2d
// CHECK-NEXT: %[[O:.*]] = pt2e.observe @[[CAT:.*]], %[[C]]
// CHECK-NEXT: %[[R:.*]] = aten.cat %[[O]] {
// CHECK-NEXT: pt2e.observe @[[CAT]], %[[R]]
func.func @cat_single_input(%x: tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %1 = aten.cat %0 {dim = 1 : i64} : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
}

// -----

// test_avg_pool2d_recipe: one observer on both sides.
// CHECK-LABEL: func @avg_pool
// CHECK: %[[C:.*]] = aten.conv2d
// CHECK-NEXT: %[[O:.*]] = pt2e.observe @[[POOL:.*]], %[[C]]
// CHECK-NEXT: %[[P:.*]] = aten.avg_pool2d %[[O]]
// CHECK-NEXT: pt2e.observe @[[POOL]], %[[P]]
// CHECK-NOT: pt2e.observe
func.func @avg_pool(%x: tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32> {
  %w = aten.parameter "w" dense<1.0> : tensor<1x1x1x1xf32>
  %0 = aten.conv2d %x, %w {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %1 = aten.avg_pool2d %0 {kernel_size = array<i64: 2, 2>, stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, ceil_mode = false, count_include_pad = true} : (tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32>
  return %1 : tensor<1x1x1x1xf32>
}
