// RUN: pt2e-opt %s --pt2e-convert -split-input-file -verify-diagnostics

// expected-error@+1 {{'pt2e.site' op @conv2d: expected statistics, but the site saw nothing; calibrate the program with inputs that reach it}}
pt2e.site @conv2d spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
func.func @no_statistics(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-note@+1 {{observed at}}
  %0 = pt2e.observe @conv2d, %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// Every site is reported, not the first alone.
// expected-error@+1 {{@x: expected statistics}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
// expected-error@+1 {{@y: expected statistics}}
pt2e.site @y spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
func.func @all(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-note@+1 {{observed at}}
  %0 = pt2e.observe @x, %x : tensor<2xf32>
  // expected-note@+1 {{observed at}}
  %1 = pt2e.observe @y, %0 : tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// expected-error@+1 {{expected numbers, but 1 of 4 observed values are NaN}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">) statistics {count = 4 : i64, max = array<f32: 2.0>, min = array<f32: -1.0>, nans = 1 : i64, observer = "min_max"}
func.func @nan(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-note@+1 {{observed at}}
  %0 = pt2e.observe @x, %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error@+1 {{expected statistics of an observer, but got "max" = "2"}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">) statistics {max = "2", observer = "min_max"}
func.func @malformed(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-note@+1 {{observed at}}
  %0 = pt2e.observe @x, %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error@+1 {{expected the state of an observer `min_max`, but got `histogram`}}
pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">) statistics {observer = "histogram"}
func.func @other_observer(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-note@+1 {{observed at}}
  %0 = pt2e.observe @x, %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

pt2e.site @h spec(#pt2e.cast<f16>)
func.func @beyond_f16() -> tensor<2xf32> {
  %w = aten.parameter "w" dense<[1.0, 1.0e5]> : tensor<2xf32>
  // expected-error@+1 {{expected values that 'f16' holds, but got 1.000000e+05}}
  %0 = pt2e.observe @h, %w : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

pt2e.site @w spec(#pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max" axis = 0>) statistics {count = 6 : i64, max = array<f32: 2.0, 3.0, 1.0>, min = array<f32: 1.0, -4.0, 0.0>, observer = "per_channel_min_max"}
func.func @other_count(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  // expected-error@+1 {{expected one scale for each block of 'tensor<2x2xf32>', but got 3}}
  %0 = pt2e.observe @w, %x : tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}
