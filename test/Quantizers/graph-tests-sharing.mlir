// PyTorch's own tests of shared observers: the same sites on the same edges.
// docs/graph-tests.md has the list.
// RUN: pt2e-opt %s --pt2e-prepare -split-input-file | FileCheck %s

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// test_shared_qspec: inputs and output of a cat behind two quantized ops.
// CHECK-COUNT-3: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @shared_qspec
// CHECK-COUNT-2: pt2e.observe @{{[xy]}},
// CHECK-COUNT-3: pt2e.observe @tanh,
// CHECK-NOT: pt2e.observe
func.func @shared_qspec(%x: tensor<1x2xf32> {aten.name = "x"}, %y: tensor<1x2xf32> {aten.name = "y"}) -> tensor<1x4xf32> {
  %0 = aten.tanh %x {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [#act], rule = "op">} : (tensor<1x2xf32>) -> tensor<1x2xf32> loc("tanh")
  %1 = aten.tanh %y {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [#act], rule = "op">} : (tensor<1x2xf32>) -> tensor<1x2xf32> loc("tanh_1")
  %2 = aten.cat %0, %1 {dim = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #pt2e.shared<operand = 0>], results = [#pt2e.shared<operand = 0>], rule = "cat">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32> loc("cat")
  return %2 : tensor<1x4xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// test_shared_qspec_transitivity: a tensor that two cats read makes them one
// group, in whatever order they read it.
// CHECK-COUNT-1: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @transitivity
func.func @transitivity(%x: tensor<1x2xf32> {aten.name = "x"}, %y: tensor<1x2xf32> {aten.name = "y"}) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %0 = aten.cat %x, %y {dim = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #pt2e.shared<operand = 0>], results = [#pt2e.shared<operand = 0>], rule = "cat">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %1 = aten.cat %y, %x {dim = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #pt2e.shared<operand = 0>], results = [#pt2e.shared<operand = 0>], rule = "cat">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  return %0, %1 : tensor<1x4xf32>, tensor<1x4xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// test_allow_implicit_sharing: each add shares within itself alone.
// CHECK-COUNT-3: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @allow_implicit_sharing
func.func @allow_implicit_sharing(%x: tensor<2xf32> {aten.name = "x"}, %y: tensor<2xf32> {aten.name = "y"}) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %0 = aten.add.Tensor %x, %y {alpha = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #pt2e.shared<operand = 0>], results = [#pt2e.shared<operand = 0>], rule = "add", implicit_sharing = false>} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = aten.add.Tensor %0, %y {alpha = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #pt2e.shared<operand = 0>], results = [#pt2e.shared<operand = 0>], rule = "add", implicit_sharing = false>} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = aten.add.Tensor %1, %y {alpha = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #pt2e.shared<operand = 0>], results = [#pt2e.shared<operand = 0>], rule = "add", implicit_sharing = false>} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// test_allow_implicit_sharing_with_shared_input_edge: the second operand
// shares with the first, both of one tensor; implicit and explicit sharing
// meet without a circle.
// CHECK-COUNT-2: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @shared_input_edge
func.func @shared_input_edge(%x: tensor<2xf32> {aten.name = "x"}) -> tensor<2xf32> {
  %0 = aten.tanh %x {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [#act], rule = "op">} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = aten.add.Tensor %0, %0 {alpha = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #pt2e.shared<operand = 0>], results = [#pt2e.shared<operand = 1>], rule = "add">} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// test_multi_users_without_output_observer: nothing is observed where it is
// made, its readers have one observer.
// CHECK-COUNT-1: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @multi_users
// CHECK: %[[T:.*]] = aten.tanh
// CHECK: %[[O:.*]] = pt2e.observe @{{.*}}, %[[T]]
// CHECK-NOT: pt2e.observe
// CHECK: aten.relu %[[O]]
// CHECK: aten.sigmoid %[[O]]
// CHECK: return %{{.*}}, %{{.*}}, %[[T]]
func.func @multi_users(%x: tensor<2xf32> {aten.name = "x"}) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %0 = aten.tanh %x : (tensor<2xf32>) -> tensor<2xf32>
  %1 = aten.relu %0 {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [unit], rule = "a">} : (tensor<2xf32>) -> tensor<2xf32>
  %2 = aten.sigmoid %0 {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [unit], rule = "b">} : (tensor<2xf32>) -> tensor<2xf32>
  return %1, %2, %0 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
