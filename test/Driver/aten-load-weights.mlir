// A weight without its elements is loaded from the archive that it names.
// RUN: cd %data/../../examples/fashion_mnist && pt2e-opt %s --aten-load-weights | FileCheck %s
// CHECK: aten.parameter "layer1.conv1.weight" {aten.archive = "resnet8.pt2", {{.*}}} dense_resource<[[NAME:.*]]> : tensor<16x16x3x3xf32>
// CHECK: [[NAME]]: "0x
// RUN: cd %data && not pt2e-opt %s --aten-load-weights 2>&1 | FileCheck %s --check-prefix=ABSENT
// ABSENT: weight 'layer1.conv1.weight' of archive 'resnet8.pt2': it is neither in the folder of the program nor in the working one
func.func @forward() -> tensor<16x16x3x3xf32> {
  %0 = aten.parameter "layer1.conv1.weight" {aten.archive = "resnet8.pt2", aten.hash = "xxh3_128:b59b570a12f26643e10b8a3e97603118"} dense_resource<layer1.conv1.weight> : tensor<16x16x3x3xf32>
  return %0 : tensor<16x16x3x3xf32>
}
