// What an observer of a plugin answers is checked when parameters are made.
// DEFINE: %{how} =
// DEFINE: %{run} = not pt2e-opt %s --load-quantizer-plugin=%plugins/libbroken.so --pt2e-annotate="quantizer=broken options=how=observer-%{how}" --pt2e-prepare --pt2e-convert 2>&1

// REDEFINE: %{how} = forget
// RUN: %{run} | FileCheck %s --check-prefix=FORGET
// FORGET: expected what the observer observer-forget of the plugin broken remembers of 4 values, but it remembers nothing
// REDEFINE: %{how} = restore
// RUN: %{run} | FileCheck %s --check-prefix=RESTORE
// RESTORE: expected statistics that the observer observer-restore of the plugin broken takes, but it refuses 2 numbers
// REDEFINE: %{how} = range
// RUN: %{run} | FileCheck %s --check-prefix=RANGE
// RANGE: expected finite ranges of the observer observer-range of the plugin broken with low <= high, but got [1, -1]
// REDEFINE: %{how} = count
// RUN: %{run} | FileCheck %s --check-prefix=COUNT
// COUNT: expected 1 ranges of the observer observer-count of the plugin broken, but got 2
// REDEFINE: %{how} = scale
// RUN: %{run} | FileCheck %s --check-prefix=SCALE
// SCALE: expected a normal, positive scale of the observer observer-scale of the plugin broken, but got -1
// REDEFINE: %{how} = zero-point
// RUN: %{run} | FileCheck %s --check-prefix=ZERO-POINT
// ZERO-POINT: expected a zero point of the observer observer-zero-point of the plugin broken in [-128, 127], but got 1000
// REDEFINE: %{how} = many
// RUN: %{run} | FileCheck %s --check-prefix=MANY
// MANY: expected 1 scales of the observer observer-many of the plugin broken, but got 2

func.func @two(%y: tensor<4xf32>) -> tensor<4xf32> {
  %w = aten.parameter "w" dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = aten.mul.Tensor %w, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
