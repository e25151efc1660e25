// RUN: pt2e-opt %s --pt2e-prepare -split-input-file | FileCheck %s

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">
#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" axis = 0>

// The weight is observed here; the input and the output are not yet.
// CHECK: pt2e.site @x spec(#[[ACT:.*]])
// CHECK-NOT: statistics
// CHECK: pt2e.site @fc.weight spec(#{{.*}}) statistics {count = 4 : i64, max = array<f32: 2.000000e+00, 3.000000e+00>, min = array<f32: 1.000000e+00, -4.000000e+00>, observer = "per_channel_min_max"}
// CHECK: pt2e.site @linear spec(#[[ACT]])
// CHECK-LABEL: func @linear_relu
// CHECK: %[[X:.*]] = pt2e.observe @x, %arg0
// CHECK: %[[W:.*]] = pt2e.observe @fc.weight
// CHECK: %[[Y:.*]] = aten.linear %[[X]], %[[W]] {pt2e.rule = "linear"}
// CHECK: %[[O:.*]] = pt2e.observe @linear, %[[Y]]
// CHECK: return %[[O]]
func.func @linear_relu(%x: tensor<1x2xf32> {aten.name = "x"}) -> tensor<1x2xf32> {
  %w = aten.parameter "fc.weight" dense<[[1.0, 2.0], [3.0, -4.0]]> : tensor<2x2xf32>
  %0 = aten.linear %x, %w {pt2e.annotation = #pt2e.annotation<operands = [#act, #wgt], results = [#act], rule = "linear">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc("linear")
  return %0 : tensor<1x2xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// Readers of a value that is observed where it is made are served by that
// observer; sharing goes through chains.
// CHECK-COUNT-2: pt2e.site
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @chain
// CHECK: %[[X:.*]] = pt2e.observe @x, %arg0
// CHECK: %[[A:.*]] = aten.add.Tensor %[[X]], %[[X]]
// CHECK: %[[OA:.*]] = pt2e.observe @add, %[[A]]
// CHECK: %[[B:.*]] = aten.relu %[[OA]]
// CHECK: %[[OB:.*]] = pt2e.observe @add, %[[B]]
// CHECK: %[[C:.*]] = aten.t %[[OB]]
// CHECK: %[[OC:.*]] = pt2e.observe @add, %[[C]]
// CHECK: return %[[OC]]
func.func @chain(%x: tensor<2x2xf32> {aten.name = "x"}) -> tensor<2x2xf32> {
  %0 = aten.add.Tensor %x, %x {alpha = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #act], results = [#act], rule = "add">} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32> loc("add")
  %1 = aten.relu %0 {pt2e.annotation = #pt2e.annotation<operands = [#pt2e.shared<producer>], results = [#pt2e.shared<operand>], rule = "follow">} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = aten.t %1 {pt2e.annotation = #pt2e.annotation<operands = [#pt2e.shared<producer>], results = [#pt2e.shared<operand>], rule = "follow">} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %2 : tensor<2x2xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">
#narrow = #pt2e.spec<i8, -64 : 63, affine, static, "min_max">

// A shared spec may come before what it refers to, two groups meet in one
// value, and a reader with another spec observes behind the first observer.
// CHECK: pt2e.site @x spec(#[[ACT:.*]])
// CHECK: pt2e.site @cat_0 spec(#[[NARROW:.*]])
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @order
// CHECK-DAG: %[[X:.*]] = pt2e.observe @x, %arg0
// CHECK-DAG: %[[Y:.*]] = pt2e.observe @x, %arg1
// CHECK: %[[C:.*]] = aten.cat %[[X]], %[[Y]]
// CHECK: %[[O:.*]] = pt2e.observe @x, %[[C]]
// CHECK: %[[N:.*]] = pt2e.observe @cat_0, %[[O]]
// CHECK: aten.relu %[[N]]
// CHECK: return %[[O]],
func.func @order(%x: tensor<1x2xf32> {aten.name = "x"}, %y: tensor<1x2xf32> {aten.name = "y"}) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %0 = aten.cat %x, %y {dim = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#pt2e.shared<operand = 1>, #pt2e.shared<result>], results = [#act], rule = "cat">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32> loc("cat_0")
  %1 = aten.relu %0 {pt2e.annotation = #pt2e.annotation<operands = [#narrow], results = [unit], rule = "relu">} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0, %1 : tensor<1x4xf32>, tensor<1x4xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// Readers that forbid implicit sharing have observers of their own.
// CHECK-COUNT-3: pt2e.site
// CHECK-LABEL: func @no_implicit_sharing
// CHECK-COUNT-3: pt2e.observe {{.*}}%arg0
func.func @no_implicit_sharing(%x: tensor<2xf32> {aten.name = "x"}) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [unit], rule = "a", implicit_sharing = false>} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [unit], rule = "b", implicit_sharing = false>} : (tensor<2xf32>) -> tensor<2xf32>
  %2 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [unit], rule = "c">} : (tensor<2xf32>) -> tensor<2xf32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// State is written as it is, not as its observer will round it.
// CHECK-LABEL: func @state
// CHECK: %[[A:.*]] = aten.add.Tensor
// CHECK: %[[O:.*]] = pt2e.observe @add, %[[A]]
// CHECK: aten.write_buffer @acc, %[[A]]
// CHECK: return %[[O]]
aten.buffer @acc "acc" dense<0.0> : tensor<2xf32>
func.func @state(%x: tensor<2xf32> {aten.name = "x"}) -> tensor<2xf32> {
  %0 = aten.read_buffer @acc : tensor<2xf32>
  %1 = aten.add.Tensor %0, %x {alpha = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #act], results = [#act], rule = "add">} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32> loc("add")
  aten.write_buffer @acc, %1 : tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">
#wgt = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" axis = 0>
#bias = #pt2e.derived<i32, -2147483648 : 2147483647, from = [0, 1]>

// One bias, two layers with different inputs: equal specs, but different
// scales. The third has the sources of the first, and its bias.
// CHECK-DAG: pt2e.site @b spec(#[[BIAS:.*]]) from [@x, @w]
// CHECK-DAG: pt2e.site @b_0 spec(#[[BIAS]]) from [@y, @w]
// CHECK-LABEL: func @one_bias
// CHECK-DAG: %[[B0:.*]] = pt2e.observe @b, %[[B:.*]] : tensor<2xf32>
// CHECK-DAG: %[[B1:.*]] = pt2e.observe @b_0, %[[B]] : tensor<2xf32>
// CHECK: aten.linear %{{.*}}, %{{.*}}, %[[B0]]
// CHECK: aten.linear %{{.*}}, %{{.*}}, %[[B1]]
// CHECK: aten.linear %{{.*}}, %{{.*}}, %[[B0]]
func.func @one_bias(%x: tensor<1x2xf32> {aten.name = "x"}, %y: tensor<1x2xf32> {aten.name = "y"}) -> (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = aten.parameter "w" dense<1.0> : tensor<2x2xf32>
  %b = aten.parameter "b" dense<1.0> : tensor<2xf32>
  %0 = aten.linear %x, %w, %b {pt2e.annotation = #pt2e.annotation<operands = [#act, #wgt, #bias], results = [unit], rule = "linear">} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = aten.linear %y, %w, %b {pt2e.annotation = #pt2e.annotation<operands = [#act, #wgt, #bias], results = [unit], rule = "linear">} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = aten.linear %x, %w, %b {pt2e.annotation = #pt2e.annotation<operands = [#act, #wgt, #bias], results = [unit], rule = "linear">} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %0, %1, %2 : tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">
#rows = #pt2e.spec<i8, -128 : 127, affine, dynamic, "placeholder" block = [1, -1]>

// One tensor twice with different specs; dynamic ones are observed once per
// value, too.
// CHECK: pt2e.site @x spec(#[[ACT:.*]])
// CHECK: pt2e.site @x_0 spec(#[[ROWS:.*]])
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @twice
// CHECK-DAG: %[[A:.*]] = pt2e.observe @x, %arg0
// CHECK-DAG: %[[R:.*]] = pt2e.observe @x_0, %arg0
// CHECK: aten.mul.Tensor %[[A]], %[[R]]
// CHECK: aten.relu %[[R]]
func.func @twice(%x: tensor<2x2xf32> {aten.name = "x"}) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %0 = aten.mul.Tensor %x, %x {pt2e.annotation = #pt2e.annotation<operands = [#act, #rows], results = [unit], rule = "mul">} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#rows], results = [unit], rule = "relu">} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0, %1 : tensor<2x2xf32>, tensor<2x2xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// Each result of an op, and each operand in a list, has a spec of its own.
// CHECK-LABEL: func @lists
// CHECK: %[[C:.*]]:2 = aten.chunk
// CHECK-DAG: %[[L:.*]] = pt2e.observe @chunk, %[[C]]#0
// CHECK-DAG: %[[R:.*]] = pt2e.observe @chunk_0, %[[C]]#1
// CHECK: aten.cat %[[L]], %[[R]], %[[R]]
func.func @lists(%x: tensor<2x4xf32> {aten.name = "x"}) -> tensor<2x6xf32> {
  %0:2 = aten.chunk %x {chunks = 2 : i64, dim = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [unit], results = [#act, #pt2e.fixed<i8, -128 : 127, scale = 0.5 : f32, zero_point = 0>], rule = "chunk">} : (tensor<2x4xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) loc("chunk")
  %1 = aten.cat %0#0, %0#1, %0#1 {dim = 1 : i64, pt2e.annotation = #pt2e.annotation<operands = [#act, #pt2e.shared<producer>, #pt2e.shared<operand = 1>], results = [unit], rule = "cat">} : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x6xf32>
  return %1 : tensor<2x6xf32>
}

// -----

#act = #pt2e.spec<i8, -128 : 127, affine, static, "min_max">

// Named groups share over any distance, and with nothing else.
// CHECK: pt2e.site @x spec
// CHECK: pt2e.site @relu spec
// CHECK: pt2e.site @x_0 spec
// CHECK-NOT: pt2e.site
// CHECK-LABEL: func @named
// CHECK-DAG: %[[G:.*]] = pt2e.observe @x, %arg0
// CHECK-DAG: %[[X:.*]] = pt2e.observe @x_0, %arg0
// CHECK: %[[A:.*]] = aten.relu %[[G]]
// CHECK: pt2e.observe @relu, %[[A]]
// CHECK: %[[B:.*]] = aten.sigmoid %[[X]]
// CHECK: pt2e.observe @x, %[[B]]
func.func @named(%x: tensor<2xf32> {aten.name = "x"}) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = aten.relu %x {pt2e.annotation = #pt2e.annotation<operands = [#pt2e.group<"ends", #act>], results = [#act], rule = "relu">} : (tensor<2xf32>) -> tensor<2xf32> loc("relu")
  %1 = aten.sigmoid %x {pt2e.annotation = #pt2e.annotation<operands = [#act], results = [#pt2e.group<"ends", #act>], rule = "sigmoid">} : (tensor<2xf32>) -> tensor<2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}
