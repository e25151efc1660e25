// RUN: pt2e-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(xnn-break-tables))' | FileCheck %s

// Nine are a table.
// CHECK-LABEL: func.func @nine
// CHECK-NOT: xnn.transpose
!codes = !xnn.value<qint8, [2, 4], scale = 0.25 : f32, zero_point = 0>
func.func @nine(%0: !codes) -> !codes {
  %1 = xnn.elu %0 {alpha = 1.0 : f32} : (!codes) -> !codes
  %2 = xnn.elu %1 {alpha = 1.0 : f32} : (!codes) -> !codes
  %3 = xnn.elu %2 {alpha = 1.0 : f32} : (!codes) -> !codes
  %4 = xnn.elu %3 {alpha = 1.0 : f32} : (!codes) -> !codes
  %5 = xnn.elu %4 {alpha = 1.0 : f32} : (!codes) -> !codes
  %6 = xnn.elu %5 {alpha = 1.0 : f32} : (!codes) -> !codes
  %7 = xnn.elu %6 {alpha = 1.0 : f32} : (!codes) -> !codes
  %8 = xnn.elu %7 {alpha = 1.0 : f32} : (!codes) -> !codes
  %9 = xnn.elu %8 {alpha = 1.0 : f32} : (!codes) -> !codes
  return %9 : !codes
}

// -----

// CHECK-LABEL: func.func @nineteen
// CHECK-COUNT-9: xnn.elu
// CHECK: %[[FIRST:.*]] = xnn.transpose %{{.*}} {perm = array<i64: 0, 1>}
// CHECK: xnn.elu %[[FIRST]]
// CHECK-COUNT-8: xnn.elu
// CHECK: %[[SECOND:.*]] = xnn.transpose
// CHECK: xnn.elu %[[SECOND]]
// CHECK-NOT: xnn.transpose
!codes = !xnn.value<qint8, [2, 4], scale = 0.25 : f32, zero_point = 0>
func.func @nineteen(%0: !codes) -> !codes {
  %1 = xnn.elu %0 {alpha = 1.0 : f32} : (!codes) -> !codes
  %2 = xnn.elu %1 {alpha = 1.0 : f32} : (!codes) -> !codes
  %3 = xnn.elu %2 {alpha = 1.0 : f32} : (!codes) -> !codes
  %4 = xnn.elu %3 {alpha = 1.0 : f32} : (!codes) -> !codes
  %5 = xnn.elu %4 {alpha = 1.0 : f32} : (!codes) -> !codes
  %6 = xnn.elu %5 {alpha = 1.0 : f32} : (!codes) -> !codes
  %7 = xnn.elu %6 {alpha = 1.0 : f32} : (!codes) -> !codes
  %8 = xnn.elu %7 {alpha = 1.0 : f32} : (!codes) -> !codes
  %9 = xnn.elu %8 {alpha = 1.0 : f32} : (!codes) -> !codes
  %10 = xnn.elu %9 {alpha = 1.0 : f32} : (!codes) -> !codes
  %11 = xnn.elu %10 {alpha = 1.0 : f32} : (!codes) -> !codes
  %12 = xnn.elu %11 {alpha = 1.0 : f32} : (!codes) -> !codes
  %13 = xnn.elu %12 {alpha = 1.0 : f32} : (!codes) -> !codes
  %14 = xnn.elu %13 {alpha = 1.0 : f32} : (!codes) -> !codes
  %15 = xnn.elu %14 {alpha = 1.0 : f32} : (!codes) -> !codes
  %16 = xnn.elu %15 {alpha = 1.0 : f32} : (!codes) -> !codes
  %17 = xnn.elu %16 {alpha = 1.0 : f32} : (!codes) -> !codes
  %18 = xnn.elu %17 {alpha = 1.0 : f32} : (!codes) -> !codes
  %19 = xnn.elu %18 {alpha = 1.0 : f32} : (!codes) -> !codes
  return %19 : !codes
}

// -----

// Where the row is of floats in the end, it ends at the codes before.
// CHECK-LABEL: func.func @floats_behind_codes
// CHECK: %[[CODES:.*]] = xnn.elu
// CHECK: %[[CUT:.*]] = xnn.transpose %[[CODES]]
// CHECK: xnn.convert %[[CUT]]
// CHECK-COUNT-8: xnn.unary abs
!codes = !xnn.value<qint8, [2, 4], scale = 0.25 : f32, zero_point = 0>
!reals = !xnn.value<f32, [2, 4]>
func.func @floats_behind_codes(%0: !codes) -> !reals {
  %1 = xnn.elu %0 {alpha = 1.0 : f32} : (!codes) -> !codes
  %2 = xnn.convert %1 : (!codes) -> !reals
  %3 = xnn.unary abs %2 : (!reals) -> !reals
  %4 = xnn.unary abs %3 : (!reals) -> !reals
  %5 = xnn.unary abs %4 : (!reals) -> !reals
  %6 = xnn.unary abs %5 : (!reals) -> !reals
  %7 = xnn.unary abs %6 : (!reals) -> !reals
  %8 = xnn.unary abs %7 : (!reals) -> !reals
  %9 = xnn.unary abs %8 : (!reals) -> !reals
  %10 = xnn.unary abs %9 : (!reals) -> !reals
  return %10 : !reals
}

// -----

// Floats become no table.
// CHECK-LABEL: func.func @floats
// CHECK-NOT: xnn.transpose
!reals = !xnn.value<f32, [2, 4]>
func.func @floats(%0: !reals) -> !reals {
  %1 = xnn.unary abs %0 : (!reals) -> !reals
  %2 = xnn.unary abs %1 : (!reals) -> !reals
  %3 = xnn.unary abs %2 : (!reals) -> !reals
  %4 = xnn.unary abs %3 : (!reals) -> !reals
  %5 = xnn.unary abs %4 : (!reals) -> !reals
  %6 = xnn.unary abs %5 : (!reals) -> !reals
  %7 = xnn.unary abs %6 : (!reals) -> !reals
  %8 = xnn.unary abs %7 : (!reals) -> !reals
  %9 = xnn.unary abs %8 : (!reals) -> !reals
  %10 = xnn.unary abs %9 : (!reals) -> !reals
  %11 = xnn.unary abs %10 : (!reals) -> !reals
  %12 = xnn.unary abs %11 : (!reals) -> !reals
  return %12 : !reals
}

// -----

// Sums of two of a row count once.
// CHECK-LABEL: func.func @sums
// CHECK-NOT: xnn.transpose
!codes = !xnn.value<qint8, [2, 4], scale = 0.25 : f32, zero_point = 0>
func.func @sums(%0: !codes) -> !codes {
  %1 = xnn.elu %0 {alpha = 1.0 : f32} : (!codes) -> !codes
  %2 = xnn.elu %1 {alpha = 1.0 : f32} : (!codes) -> !codes
  %3 = xnn.elu %2 {alpha = 1.0 : f32} : (!codes) -> !codes
  %4 = xnn.elu %3 {alpha = 1.0 : f32} : (!codes) -> !codes
  %5 = xnn.elu %4 {alpha = 1.0 : f32} : (!codes) -> !codes
  %6 = xnn.elu %5 {alpha = 1.0 : f32} : (!codes) -> !codes
  %s = xnn.binary add %5, %6 : (!codes, !codes) -> !codes
  %t = xnn.binary add %s, %3 : (!codes, !codes) -> !codes
  return %t : !codes
}

// -----

// A sum with another value begins anew.
// CHECK-LABEL: func.func @residual
// CHECK-NOT: xnn.transpose
!codes = !xnn.value<qint8, [2, 4], scale = 0.25 : f32, zero_point = 0>
func.func @residual(%0: !codes, %x: !codes) -> !codes {
  %1 = xnn.elu %0 {alpha = 1.0 : f32} : (!codes) -> !codes
  %2 = xnn.elu %1 {alpha = 1.0 : f32} : (!codes) -> !codes
  %3 = xnn.elu %2 {alpha = 1.0 : f32} : (!codes) -> !codes
  %4 = xnn.elu %3 {alpha = 1.0 : f32} : (!codes) -> !codes
  %5 = xnn.elu %4 {alpha = 1.0 : f32} : (!codes) -> !codes
  %6 = xnn.elu %5 {alpha = 1.0 : f32} : (!codes) -> !codes
  %7 = xnn.elu %6 {alpha = 1.0 : f32} : (!codes) -> !codes
  %8 = xnn.elu %7 {alpha = 1.0 : f32} : (!codes) -> !codes
  %s = xnn.binary add %x, %8 : (!codes, !codes) -> !codes
  %t = xnn.elu %s {alpha = 1.0 : f32} : (!codes) -> !codes
  %u = xnn.elu %t {alpha = 1.0 : f32} : (!codes) -> !codes
  return %u : !codes
}

// -----

// Limits of a sum count.
// CHECK-LABEL: func.func @limits
// CHECK: xnn.transpose
!codes = !xnn.value<qint8, [2, 4], scale = 0.25 : f32, zero_point = 0>
func.func @limits(%0: !codes) -> !codes {
  %1 = xnn.elu %0 {alpha = 1.0 : f32} : (!codes) -> !codes
  %2 = xnn.elu %1 {alpha = 1.0 : f32} : (!codes) -> !codes
  %3 = xnn.elu %2 {alpha = 1.0 : f32} : (!codes) -> !codes
  %4 = xnn.elu %3 {alpha = 1.0 : f32} : (!codes) -> !codes
  %5 = xnn.elu %4 {alpha = 1.0 : f32} : (!codes) -> !codes
  %6 = xnn.elu %5 {alpha = 1.0 : f32} : (!codes) -> !codes
  %7 = xnn.elu %6 {alpha = 1.0 : f32} : (!codes) -> !codes
  %8 = xnn.elu %7 {alpha = 1.0 : f32} : (!codes) -> !codes
  %s = xnn.binary add %8, %8 {output_min = 0.0 : f32} : (!codes, !codes) -> !codes
  return %s : !codes
}
