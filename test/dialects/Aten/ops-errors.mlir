// RUN: pt2e-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{expected a bound for each of 2 dimensions, but got 1}}
func.func private @bounds_c1(%x: tensor<?x4xf32, #aten.bounds<[64]>>)

// -----

// expected-error @below {{expected a positive bound for a dynamic dimension and -1 for a static one, but got 0 for dimension 0}}
func.func private @bounds_c2(%x: tensor<?x4xf32, #aten.bounds<[0, -1]>>)

// -----

// expected-error @below {{expected a positive bound for a dynamic dimension and -1 for a static one, but got 4 for dimension 1}}
func.func private @bounds_c2_static(%x: tensor<?x4xf32, #aten.bounds<[64, 4]>>)

// -----

func.func @parameter_c1() {
  // expected-error @below {{'aten.parameter' op inferred type(s) 'tensor<2xf32>' are incompatible with return type(s) of operation 'tensor<3xf32>'}}
  // expected-error @below {{'aten.parameter' op failed to infer returned types}}
  %0 = "aten.parameter"() {name = "w", value = dense<1.0> : tensor<2xf32>} : () -> tensor<3xf32>
  return
}

// -----

func.func @parameter_c2() {
  // expected-error @below {{'aten.parameter' op expected a resource with the bytes of 'tensor<3xf32>', but got 8 bytes}}
  %0 = aten.parameter "w" dense_resource<short> : tensor<3xf32>
  return
}

{-#
  dialect_resources: {
    builtin: {
      short: "0x040000000000803F00000040"
    }
  }
#-}

// -----

func.func @read_buffer_c1() {
  // expected-error @below {{'aten.read_buffer' op expected a buffer, but got @nothing}}
  %0 = aten.read_buffer @nothing : tensor<8xf32>
  return
}

// -----

// expected-note @below {{the buffer is here}}
aten.buffer @acc "acc" dense<0.0> : tensor<8xf32>
func.func @read_buffer_c1_type() {
  // expected-error @below {{'aten.read_buffer' op expected 'tensor<8xf32>' of buffer @acc, but got 'tensor<4xf32>'}}
  %0 = aten.read_buffer @acc : tensor<4xf32>
  return
}

// -----

func.func @write_buffer_c1(%x: tensor<8xf32>) {
  // expected-error @below {{'aten.write_buffer' op expected a buffer, but got @write_buffer_c1}}
  aten.write_buffer @write_buffer_c1, %x : tensor<8xf32>
  return
}

// -----

// expected-note @below {{the buffer is here}}
aten.buffer @acc "acc" dense<0.0> : tensor<8xf32>
func.func @write_buffer_c1_type(%x: tensor<8xf16>) {
  // expected-error @below {{'aten.write_buffer' op expected 'tensor<8xf32>' of buffer @acc, but got 'tensor<8xf16>'}}
  aten.write_buffer @acc, %x : tensor<8xf16>
  return
}

// -----

func.func @operator_c1(%x: tensor<4xf32>) {
  // expected-error @below {{'aten.operator' op expected segments for 1 tensor arguments and the symbols that add up to 1 operands, but got [2, 0]}}
  %0 = aten.operator "aten::erf"(%x) {arguments = {}, segments = array<i32: 2, 0>, tensors = ["self"]} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @operator_c1_negative(%x: tensor<4xf32>) {
  // expected-error @below {{'aten.operator' op expected segments for 1 tensor arguments and the symbols that add up to 1 operands, but got [2, -1]}}
  %0 = aten.operator "aten::erf"(%x) {arguments = {}, segments = array<i32: 2, -1>, tensors = ["self"]} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @operator_c2(%x: tensor<4xf32>) {
  // expected-error @below {{'aten.operator' op expected an operator of the schema table, but got 'aten::errf'}}
  %0 = aten.operator "aten::errf"(%x) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @operator_c2_tensor(%x: tensor<4x4xf32>) {
  // expected-error @below {{'aten.operator' op expected tensor arguments of aten::cumsum, but got 'dim'}}
  %0 = aten.operator "aten::cumsum"(%x) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["dim"]} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @operator_c2_argument(%x: tensor<4x4xf32>) {
  // expected-error @below {{'aten.operator' op expected arguments of aten::cumsum, but got 'axis'}}
  %0 = aten.operator "aten::cumsum"(%x) {arguments = {axis = 0 : i64}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @operator_c2_missing(%x: tensor<4x4xf32>) {
  // expected-error @below {{'aten.operator' op expected argument 'dim' of aten::cumsum}}
  %0 = aten.operator "aten::cumsum"(%x) {arguments = {}, segments = array<i32: 1, 0>, tensors = ["self"]} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @operator_c3(%x: tensor<4x4xf32>, %n: i64) {
  // expected-error @below {{'aten.operator' op expected 2 symbols, one for each sentinel in its attributes, but got 1}}
  %0 = aten.operator "aten::repeat"(%x, %n) {arguments = {repeats = array<i64: -9223372036854775808, -9223372036854775808>}, segments = array<i32: 1, 1>, tensors = ["self"]} : (tensor<4x4xf32>, i64) -> tensor<?x?xf32>
  return
}

// -----

func.func @operator_c3_type(%x: tensor<4x4xf32>) {
  // expected-error @below {{'aten.operator' op expected i64 symbols, but got 'tensor<4x4xf32>'}}
  %0 = aten.operator "aten::repeat"(%x, %x) {arguments = {repeats = array<i64: -9223372036854775808, 1>}, segments = array<i32: 1, 1>, tensors = ["self"]} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  return
}

// -----

func.func @sym_size_c1(%x: tensor<?x4xf32>) {
  // expected-error @below {{'aten.sym_size' op expected a dimension below 2, but got 2}}
  %0 = aten.sym_size %x, 2 : tensor<?x4xf32>
  return
}

// -----

// The rule of every op that takes integers of run time.
func.func @symbols_c1(%x: tensor<4x4xf32>) {
  // expected-error @below {{'aten.view' op expected 1 symbols, one for each sentinel in its attributes, but got 0}}
  %0 = aten.view %x {size = array<i64: -9223372036854775808, 2>} : (tensor<4x4xf32>) -> tensor<?x2xf32>
  return
}

// -----

func.func @symbols_c1_none(%x: tensor<4x4xf32>, %n: i64) {
  // expected-error @below {{'aten.slice.Tensor' op expected 0 symbols, one for each sentinel in its attributes, but got 1}}
  %0 = aten.slice.Tensor %x, %n {dim = 0 : i64, start = 1 : i64, step = 1 : i64} : (tensor<4x4xf32>, i64) -> tensor<3x4xf32>
  return
}

// -----

// Attribute kinds are those of the schema.
func.func @attribute_kind(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x3x3xf32>) {
  // expected-error @below {{'aten.conv2d' op attribute 'stride' failed to satisfy constraint: i64 dense array attribute}}
  %0 = aten.conv2d %x, %w {stride = 1 : i64, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @attribute_missing(%x: tensor<4xf32>) {
  // expected-error @below {{'aten.leaky_relu' op requires attribute 'negative_slope'}}
  %0 = aten.leaky_relu %x : (tensor<4xf32>) -> tensor<4xf32>
  return
}
