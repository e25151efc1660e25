// What XNNPACK computes for each op against what the runtime's own kernels compute.
// RUN: pt2e-opt %s --convert-aten-to-xnn --xnn-assign-layout --xnn-outline-delegates --convert-to-et --et-plan-memory -o %t.xnn.mlir
// RUN: pt2e-opt %s --convert-to-et --et-plan-memory -o %t.kernels.mlir
// RUN: pt2e-translate --export-pte %t.xnn.mlir -o %t.xnn.pte
// RUN: pt2e-translate --export-pte %t.kernels.mlir -o %t.kernels.pte
// RUN: pt2e run %t.xnn.pte --input %data/runtime/images_f32.npy --output-dir %t.xnn
// RUN: pt2e run %t.kernels.pte --input %data/runtime/images_f32.npy --output-dir %t.kernels
// RUN: pt2e compare %t.kernels/output %t.xnn/output --max-error 1e-4

// Only this stays.
// RUN: FileCheck %s < %t.xnn.mlir
// CHECK-NOT: et.call_kernel
// CHECK: et.call_kernel "aten::reflection_pad2d.out"
// CHECK-NOT: et.call_kernel
func.func @forward(%x: tensor<16x1x28x28xf32> {aten.name = "x"}) -> (tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x7x12xf32>, tensor<16x4x7x7xf32>, tensor<16x4x7x7xf32>, tensor<16x4x7x7xf32>, tensor<16x4x7x7xf32>, tensor<16x4x7x2xf32>, tensor<16x4x1x1xf32>, tensor<16x4x1x1xf32>, tensor<16x4xf32>, tensor<16x14x14xf32>, tensor<16x1x98xf32>, tensor<16x8xf32>, tensor<16xf32>, tensor<f32>, tensor<16x4x21x28xf32>, tensor<16x4x21x28xf32>, tensor<16x4x28x28xf32>, tensor<16x6x7x14xf32>, tensor<16x6x12x12xf32>, tensor<16x8x7x7xf32>, tensor<16x6x28x29xf32>, tensor<16x6x28x28xf32>, tensor<16x6x48xf32>, tensor<16x8x6xf32>, tensor<16x8x8xf32>, tensor<16x98x98xf32>, tensor<16x6xf32>, tensor<16x6xf32>, tensor<16x8x98xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x8x98xf32>, tensor<16x28x14x14xf32>, tensor<16x4x4x14xf32>, tensor<16x4x14x5xf32>, tensor<16x14x14xf32>, tensor<16x4x14x1xf32>, tensor<16x4x17x17xf32>, tensor<16x4x19x17xf32>, tensor<14x16x14x4xf32>, tensor<16x4x1x1xf32>, tensor<16x8xf32>, tensor<16x4x42x14xf32>) {
  %w = aten.parameter "w" dense<[[[[-0.219, 0.208, 0.158], [-0.147, -0.003, -0.03], [0.091, 0.173, -0.244]], [[-0.283, 0.201, -0.04], [0.157, -0.299, -0.033], [0.133, -0.163, 0.267]], [[0.241, -0.282, -0.285], [0.025, 0.263, -0.071], [-0.17, -0.047, -0.283]], [[-0.167, -0.037, -0.003], [-0.16, -0.161, -0.169], [-0.024, -0.126, -0.287]]], [[[0.203, 0.034, 0.085], [-0.188, 0.296, 0.216], [-0.227, -0.1, 0.133]], [[0.127, 0.262, -0.047], [0.198, 0.102, -0.118], [0.053, 0.229, 0.208]], [[0.003, 0.053, -0.279], [-0.154, 0.178, -0.051], [-0.196, 0.029, 0.122]], [[0.105, -0.075, -0.037], [0.005, 0.167, 0.013], [-0.064, -0.006, -0.282]]], [[[-0.274, 0.122, 0.29], [0.056, -0.064, -0.198], [0.001, 0.289, 0.162]], [[0.024, 0.216, -0.161], [0.008, 0.271, 0.047], [-0.025, -0.138, 0.029]], [[0.274, -0.297, 0.17], [0.192, 0.232, 0.144], [0.185, 0.011, 0.037]], [[-0.044, -0.266, 0.222], [0.042, -0.18, 0.003], [-0.009, -0.086, -0.092]]], [[[0.023, 0.074, 0.067], [-0.025, -0.283, -0.162], [-0.194, 0.051, 0.217]], [[0.179, 0.178, 0.19], [-0.147, 0.205, 0.104], [-0.25, -0.29, -0.291]], [[0.153, -0.15, -0.234], [0.075, -0.093, -0.258], [-0.204, 0.016, -0.199]], [[-0.136, 0.127, -0.027], [-0.107, -0.016, -0.286], [-0.068, -0.047, -0.187]]], [[[-0.235, 0.24, 0.006], [-0.175, 0.063, 0.19], [-0.288, -0.289, -0.212]], [[0.131, -0.204, 0.123], [0.107, 0.027, -0.168], [0.285, 0.179, 0.01]], [[-0.166, 0.089, -0.063], [0.046, -0.107, 0.079], [-0.265, -0.121, 0.281]], [[0.225, -0.116, 0.215], [-0.114, 0.264, 0.146], [-0.05, -0.149, -0.295]]], [[[0.227, -0.277, 0.192], [0.277, 0.042, -0.197], [0.221, 0.284, 0.122]], [[0.005, -0.073, -0.092], [-0.177, 0.104, -0.04], [-0.184, -0.237, 0.1]], [[-0.122, 0.1, -0.105], [0.223, 0.24, -0.289], [-0.179, -0.103, 0.292]], [[0.17, -0.097, -0.172], [0.105, 0.203, 0.259], [-0.094, 0.229, 0.112]]]]> : tensor<6x4x3x3xf32>
  %wg = aten.parameter "wg" dense<[[[[-0.009, 0.291, -0.159], [0.135, -0.249, -0.198], [0.247, -0.172, 0.155]], [[0.06, 0.205, -0.079], [-0.096, -0.125, 0.22], [0.062, 0.273, 0.232]]], [[[-0.219, 0.031, -0.237], [-0.277, -0.256, 0.22], [0.173, 0.197, -0.095]], [[0.069, 0.169, -0.073], [0.042, -0.166, -0.251], [-0.14, 0.234, 0.039]]], [[[0.255, -0.025, -0.134], [0.172, 0.197, -0.293], [0.102, -0.245, -0.231]], [[0.231, -0.276, -0.156], [0.293, -0.047, -0.231], [-0.2, -0.155, 0.146]]], [[[-0.238, 0.246, -0.073], [0.282, 0.246, -0.124], [-0.148, -0.014, -0.24]], [[0.091, -0.276, -0.294], [0.29, -0.123, 0.058], [-0.03, -0.112, -0.262]]], [[[0.248, 0.282, 0.282], [-0.233, -0.171, 0.071], [0.288, 0.026, 0.113]], [[0.097, -0.145, 0.025], [-0.116, -0.152, -0.251], [-0.132, 0.29, -0.031]]], [[[0.091, 0.086, 0.264], [-0.066, -0.116, -0.104], [-0.11, 0.208, 0.236]], [[-0.118, -0.099, 0.027], [0.047, 0.058, -0.153], [-0.288, -0.154, -0.257]]]]> : tensor<6x2x3x3xf32>
  %wd = aten.parameter "wd" dense<[[[[0.031, -0.257, -0.255], [0.081, -0.126, 0.175], [-0.004, 0.218, -0.207]]], [[[0.001, 0.177, -0.254], [0.27, -0.196, 0.166], [0.291, 0.193, -0.108]]], [[[-0.236, 0.009, 0.252], [-0.124, 0.236, -0.215], [0.246, -0.281, -0.11]]], [[[0.242, 0.182, 0.244], [0.204, 0.148, 0.114], [-0.193, -0.04, -0.205]]], [[[0.129, 0.101, -0.148], [-0.261, 0.278, 0.185], [0.03, 0.025, 0.211]]], [[[-0.028, -0.063, -0.097], [-0.145, -0.285, 0.088], [-0.05, 0.042, -0.263]]], [[[-0.087, -0.217, -0.225], [-0.145, 0.197, -0.061], [-0.059, 0.067, -0.16]]], [[[-0.296, 0.017, 0.001], [0.089, -0.037, 0.112], [0.139, -0.157, -0.003]]]]> : tensor<8x1x3x3xf32>
  %wt = aten.parameter "wt" dense<[[[[-0.013, -0.165, -0.053], [0.036, 0.244, 0.251], [-0.135, 0.088, -0.271]], [[-0.257, 0.007, 0.226], [-0.204, 0.16, 0.23], [-0.113, 0.116, 0.209]], [[-0.077, 0.121, 0.142], [0.057, 0.214, 0.238], [0.276, 0.043, -0.194]], [[-0.15, -0.169, 0.042], [0.155, -0.269, 0.109], [0.13, -0.091, 0.009]], [[-0.201, 0.138, -0.276], [0.289, 0.185, 0.077], [-0.139, 0.248, 0.276]], [[-0.217, 0.165, 0.205], [0.096, 0.12, -0.033], [0.255, 0.283, -0.071]]], [[[0.182, -0.04, -0.201], [-0.105, -0.224, 0.245], [0.276, -0.228, 0.06]], [[-0.055, -0.229, -0.123], [-0.151, 0.15, -0.298], [-0.186, -0.037, -0.287]], [[0.077, 0.063, 0.201], [-0.176, -0.129, 0.025], [-0.136, 0.051, -0.149]], [[0.11, 0.175, 0.185], [0.284, 0.027, -0.006], [0.213, 0.161, 0.042]], [[-0.07, -0.13, -0.235], [0.185, -0.229, 0.148], [0.027, 0.279, 0.157]], [[0.284, -0.218, 0.1], [0.044, -0.113, 0.002], [-0.086, 0.017, -0.299]]], [[[-0.035, -0.03, -0.117], [-0.06, 0.17, 0.11], [-0.005, 0.089, -0.073]], [[-0.178, -0.298, -0.133], [0.059, 0.229, 0.198], [0.007, 0.292, -0.023]], [[0.201, -0.055, 0.147], [0.293, -0.117, -0.198], [0.072, 0.019, -0.084]], [[-0.298, -0.067, -0.044], [-0.057, 0.217, 0.051], [0.14, 0.239, 0.149]], [[-0.004, 0.147, 0.084], [0.089, 0.078, -0.056], [0.078, 0.08, 0.262]], [[0.169, 0.208, 0.16], [0.189, 0.063, -0.09], [-0.141, 0.125, 0.224]]], [[[0.027, -0.209, 0.2], [-0.009, -0.02, -0.273], [0.006, 0.147, -0.046]], [[-0.087, 0.094, -0.288], [0.004, 0.268, 0.114], [-0.059, 0.113, 0.063]], [[-0.175, -0.175, 0.232], [-0.139, -0.255, 0.198], [0.014, -0.079, 0.007]], [[0.142, -0.199, 0.092], [0.128, 0.189, -0.138], [0.066, -0.161, 0.037]], [[-0.197, 0.174, 0.22], [-0.102, -0.167, 0.278], [0.124, 0.206, -0.282]], [[0.24, 0.073, -0.11], [-0.041, 0.157, 0.171], [-0.186, 0.076, -0.201]]]]> : tensor<4x6x3x3xf32>
  %wtg = aten.parameter "wtg" dense<[[[[0.284, -0.034], [0.248, 0.137]], [[0.064, -0.143], [0.016, -0.217]], [[-0.217, 0.129], [-0.083, 0.151]]], [[[-0.156, 0.131], [0.131, -0.117]], [[-0.236, -0.062], [-0.005, -0.24]], [[-0.188, -0.267], [0.059, 0.233]]], [[[-0.17, -0.279], [0.122, 0.189]], [[0.278, 0.068], [-0.095, 0.203]], [[-0.229, 0.116], [-0.243, -0.06]]], [[[-0.003, -0.073], [-0.199, -0.161]], [[0.192, -0.022], [0.048, -0.173]], [[0.129, -0.102], [0.056, 0.246]]]]> : tensor<4x3x2x2xf32>
  %w1 = aten.parameter "w1" dense<[[[0.297, -0.272, 0.178], [0.215, -0.108, -0.07], [0.048, 0.251, -0.06], [0.228, 0.155, -0.209], [0.248, -0.291, -0.213], [0.099, -0.266, -0.072], [-0.222, -0.022, 0.204], [0.244, -0.279, -0.263]], [[0.204, -0.274, -0.136], [-0.23, -0.245, -0.283], [0.083, 0.147, 0.112], [0.207, 0.098, -0.066], [0.079, 0.282, 0.085], [-0.154, -0.264, 0.261], [0.054, -0.09, 0.063], [0.036, 0.013, -0.264]], [[-0.088, -0.052, -0.18], [0.228, -0.046, 0.097], [0.128, 0.146, 0.133], [0.151, -0.149, 0.286], [-0.209, 0.251, 0.213], [0.211, -0.268, -0.245], [0.188, -0.018, -0.078], [0.291, -0.276, 0.019]], [[-0.034, -0.223, -0.063], [0.125, 0.229, -0.285], [0.015, -0.246, 0.18], [-0.249, -0.279, -0.069], [0.14, -0.112, -0.222], [0.177, 0.184, 0.214], [-0.118, -0.045, -0.153], [0.034, -0.102, -0.097]], [[0.17, 0.274, 0.05], [-0.237, 0.092, -0.031], [0.293, 0.132, 0.201], [0.121, 0.021, 0.238], [0.199, -0.125, -0.206], [-0.078, 0.013, -0.242], [-0.093, 0.045, -0.274], [0.189, 0.091, -0.112]], [[-0.121, -0.088, -0.105], [0.149, 0.001, 0.016], [-0.211, 0.249, -0.105], [-0.103, -0.259, 0.288], [-0.012, 0.248, 0.257], [0.282, 0.189, 0.255], [0.253, 0.181, -0.219], [0.014, 0.045, 0.295]]]> : tensor<6x8x3xf32>
  %b6 = aten.parameter "b6" dense<[0.17, 0.122, 0.148, -0.083, 0.265, 0.086]> : tensor<6xf32>
  %c = aten.parameter "c" dense<[[[-0.058]], [[-0.021]], [[0.288]], [[0.019]]]> : tensor<4x1x1xf32>
  %cc = aten.parameter "cc" dense<[[[-0.199]], [[-0.211]], [[0.112]], [[0.038]]]> : tensor<4x1x1xf32>
  %slopes = aten.parameter "slopes" dense<[0.244, -0.189, -0.053, 0.137]> : tensor<4xf32>
  %c4 = aten.parameter "c4" dense<[-0.27, -0.24, 0.027, -0.141]> : tensor<4xf32>
  %v8 = aten.parameter "v8" dense<[-0.236, -0.143, 0.079, 0.016, -0.253, -0.256, 0.21, 0.086]> : tensor<8xf32>
  %var = aten.parameter "var" dense<[0.373, 1.062, 0.222, 0.568]> : tensor<4xf32>
  %var8 = aten.parameter "var8" dense<[1.048, 0.91, 0.484, 1.091, 0.798, 1.065, 1.093, 0.625]> : tensor<8xf32>
  %wl = aten.parameter "wl" dense<0.01> : tensor<6x98xf32>
  %wm = aten.parameter "wm" dense<-0.02> : tensor<784x6xf32>
  %g98 = aten.parameter "g98" dense<0.7> : tensor<98xf32>
  %i = aten.view %x {size = array<i64: 16, 4, 14, 14>} : (tensor<16x1x28x28xf32>) -> tensor<16x4x14x14xf32>
  %s = aten.view %x {size = array<i64: 16, 8, 98>} : (tensor<16x1x28x28xf32>) -> tensor<16x8x98xf32>
  %m = aten.view %x {size = array<i64: 16, 784>} : (tensor<16x1x28x28xf32>) -> tensor<16x784xf32>
  %r1 = aten.abs %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r2 = aten.ceil %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r3 = aten.cos %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r4 = aten.exp %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r5 = aten.floor %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r6 = aten.hardswish %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r7 = aten.hardsigmoid %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r8 = aten.neg %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r9 = aten.sigmoid %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r10 = aten.sin %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r11 = aten.tanh %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r12 = aten.relu %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r13 = aten.relu6 %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r14 = aten.silu %i  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r15 = aten.gelu %i {approximate = "none"} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r16 = aten.gelu %i {approximate = "tanh"} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r17 = aten.leaky_relu %i {negative_slope = 0.2 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r18 = aten.elu %i {alpha = 1.0 : f64, scale = 1.0 : f64, input_scale = 1.0 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r19 = aten.elu %i {alpha = 1.6732632 : f64, scale = 1.0507010 : f64, input_scale = 1.0 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r20 = aten.hardtanh %i {min_val = -0.5 : f64, max_val = 0.25 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r21 = aten.clamp %i {max = 0.5 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r22 = aten.clamp_min %i {min = -0.25 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r23 = aten.add.Scalar %i {other = 1.5 : f64, alpha = 2 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r24 = aten.sub.Scalar %i {other = 1.5 : f64, alpha = 2 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r25 = aten.rsub.Scalar %i {other = 1.5 : f64, alpha = 3 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r26 = aten.mul.Scalar %i {other = -0.75 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r27 = aten.div.Scalar %i {other = 3.0 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r28 = aten.pow.Tensor_Scalar %i {exponent = 2 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r29 = aten.pow.Tensor_Scalar %i {exponent = 3 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r30 = aten.softmax.int %i {dim = -1 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r31 = aten.softmax.int %i {dim = 1 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %a = aten.abs %i : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %p = aten.add.Scalar %a {other = 0.5 : f64, alpha = 1 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r32 = aten.log %p  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r33 = aten.sqrt %p  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r34 = aten.rsqrt %p  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r35 = aten.reciprocal %p  : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r36 = aten.pow.Tensor_Scalar %p {exponent = 5.0e-1 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r37 = aten.pow.Tensor_Scalar %p {exponent = -1 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r38 = aten.pow.Tensor_Scalar %p {exponent = -0.5 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r39 = aten.add.Tensor %i, %c {alpha = 2 : i64} : (tensor<16x4x14x14xf32>, tensor<4x1x1xf32>) -> tensor<16x4x14x14xf32>
  %r40 = aten.add.Tensor %i, %p {alpha = 2 : i64} : (tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r41 = aten.sub.Tensor %i, %c {alpha = -1.5 : f64} : (tensor<16x4x14x14xf32>, tensor<4x1x1xf32>) -> tensor<16x4x14x14xf32>
  %r42 = aten.sub.Tensor %i, %p {alpha = -1.5 : f64} : (tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r43 = aten.mul.Tensor %i, %c  : (tensor<16x4x14x14xf32>, tensor<4x1x1xf32>) -> tensor<16x4x14x14xf32>
  %r44 = aten.mul.Tensor %i, %p  : (tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r45 = aten.div.Tensor %i, %c  : (tensor<16x4x14x14xf32>, tensor<4x1x1xf32>) -> tensor<16x4x14x14xf32>
  %r46 = aten.div.Tensor %i, %p  : (tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r47 = aten.maximum %i, %c  : (tensor<16x4x14x14xf32>, tensor<4x1x1xf32>) -> tensor<16x4x14x14xf32>
  %r48 = aten.maximum %i, %p  : (tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r49 = aten.minimum %i, %c  : (tensor<16x4x14x14xf32>, tensor<4x1x1xf32>) -> tensor<16x4x14x14xf32>
  %r50 = aten.minimum %i, %p  : (tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>) -> tensor<16x4x14x14xf32>
  %r51 = aten.prelu %i, %slopes : (tensor<16x4x14x14xf32>, tensor<4xf32>) -> tensor<16x4x14x14xf32>
  %r52 = aten.max_pool2d %i {kernel_size = array<i64: 3, 2>, stride = array<i64: 2, 1>, padding = array<i64: 1, 0>, dilation = array<i64: 1, 2>, ceil_mode = false} : (tensor<16x4x14x14xf32>) -> tensor<16x4x7x12xf32>
  %r53 = aten.max_pool2d %i {kernel_size = array<i64: 3>, stride = array<i64: 2>, padding = array<i64: 0>, dilation = array<i64: 1>, ceil_mode = true} : (tensor<16x4x14x14xf32>) -> tensor<16x4x7x7xf32>
  %r54 = aten.avg_pool2d %i {kernel_size = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, ceil_mode = false, count_include_pad = true} : (tensor<16x4x14x14xf32>) -> tensor<16x4x7x7xf32>
  %r55 = aten.avg_pool2d %i {kernel_size = array<i64: 3, 3>, stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false} : (tensor<16x4x14x14xf32>) -> tensor<16x4x7x7xf32>
  %r56 = aten.avg_pool2d %i {kernel_size = array<i64: 2, 2>, stride = array<i64>, padding = array<i64: 0, 0>, ceil_mode = false, count_include_pad = true} : (tensor<16x4x14x14xf32>) -> tensor<16x4x7x7xf32>
  %r57 = aten.adaptive_avg_pool2d %i {output_size = array<i64: 7, 2>} : (tensor<16x4x14x14xf32>) -> tensor<16x4x7x2xf32>
  %r58 = aten.adaptive_avg_pool2d %i {output_size = array<i64: 1, 1>} : (tensor<16x4x14x14xf32>) -> tensor<16x4x1x1xf32>
  %r59 = aten.mean.dim %i {dim = array<i64: 2, 3>, keepdim = true} : (tensor<16x4x14x14xf32>) -> tensor<16x4x1x1xf32>
  %r60 = aten.mean.dim %i {dim = array<i64: -1, -2>, keepdim = false} : (tensor<16x4x14x14xf32>) -> tensor<16x4xf32>
  %r61 = aten.mean.dim %i {dim = array<i64: 1>, keepdim = false} : (tensor<16x4x14x14xf32>) -> tensor<16x14x14xf32>
  %r62 = aten.mean.dim %s {dim = array<i64: 1>, keepdim = true} : (tensor<16x8x98xf32>) -> tensor<16x1x98xf32>
  %r63 = aten.mean.dim %s {dim = array<i64: 2>, keepdim = false} : (tensor<16x8x98xf32>) -> tensor<16x8xf32>
  %r64 = aten.mean.dim %i {dim = array<i64: 1, 2, 3>, keepdim = false} : (tensor<16x4x14x14xf32>) -> tensor<16xf32>
  %r65 = aten.mean %i : (tensor<16x4x14x14xf32>) -> tensor<f32>
  %r66 = aten.upsample_bilinear2d.vec %i {output_size = array<i64: 21, 28>, align_corners = false} : (tensor<16x4x14x14xf32>) -> tensor<16x4x21x28xf32>
  %r67 = aten.upsample_bilinear2d.vec %i {output_size = array<i64: 21, 28>, align_corners = true} : (tensor<16x4x14x14xf32>) -> tensor<16x4x21x28xf32>
  %r68 = aten.upsample_nearest2d.vec %i {output_size = array<i64: 28, 28>} : (tensor<16x4x14x14xf32>) -> tensor<16x4x28x28xf32>
  %r69 = aten.conv2d %i, %w, %b6 {stride = array<i64: 2, 1>, padding = array<i64: 1, 2>, dilation = array<i64: 1, 2>, groups = 1 : i64} : (tensor<16x4x14x14xf32>, tensor<6x4x3x3xf32>, tensor<6xf32>) -> tensor<16x6x7x14xf32>
  %r70 = aten.conv2d %i, %wg {stride = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (tensor<16x4x14x14xf32>, tensor<6x2x3x3xf32>) -> tensor<16x6x12x12xf32>
  %r71 = aten.conv2d %i, %wd {stride = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilation = array<i64: 1, 1>, groups = 4 : i64} : (tensor<16x4x14x14xf32>, tensor<8x1x3x3xf32>) -> tensor<16x8x7x7xf32>
  %r72 = aten.conv_transpose2d.input %i, %wt, %b6 {stride = array<i64: 2, 2>, padding = array<i64: 1, 0>, output_padding = array<i64: 1, 0>, groups = 1 : i64, dilation = array<i64: 1, 1>} : (tensor<16x4x14x14xf32>, tensor<4x6x3x3xf32>, tensor<6xf32>) -> tensor<16x6x28x29xf32>
  %r73 = aten.conv_transpose2d.input %i, %wtg {stride = array<i64: 2, 2>, padding = array<i64: 0, 0>, output_padding = array<i64: 0, 0>, groups = 2 : i64, dilation = array<i64: 1, 1>} : (tensor<16x4x14x14xf32>, tensor<4x3x2x2xf32>) -> tensor<16x6x28x28xf32>
  %r74 = aten.conv1d %s, %w1, %b6 {stride = array<i64: 2>, padding = array<i64: 1>, dilation = array<i64: 2>, groups = 1 : i64} : (tensor<16x8x98xf32>, tensor<6x8x3xf32>, tensor<6xf32>) -> tensor<16x6x48xf32>
  %r75 = aten.linear %s, %wl, %b6 : (tensor<16x8x98xf32>, tensor<6x98xf32>, tensor<6xf32>) -> tensor<16x8x6xf32>
  %st = aten.transpose.int %s {dim0 = 1 : i64, dim1 = 2 : i64} : (tensor<16x8x98xf32>) -> tensor<16x98x8xf32>
  %r76 = aten.matmul %s, %st : (tensor<16x8x98xf32>, tensor<16x98x8xf32>) -> tensor<16x8x8xf32>
  %r77 = aten.bmm %st, %s : (tensor<16x98x8xf32>, tensor<16x8x98xf32>) -> tensor<16x98x98xf32>
  %r78 = aten.mm %m, %wm : (tensor<16x784xf32>, tensor<784x6xf32>) -> tensor<16x6xf32>
  %r79 = aten.addmm %b6, %m, %wm {beta = 1 : i64, alpha = 1 : i64} : (tensor<6xf32>, tensor<16x784xf32>, tensor<784x6xf32>) -> tensor<16x6xf32>
  %r80 = aten.layer_norm %s, %g98, %g98 {normalized_shape = array<i64: 98>, eps = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 1, 1>} : (tensor<16x8x98xf32>, tensor<98xf32>, tensor<98xf32>) -> tensor<16x8x98xf32>
  %r81 = aten.group_norm %i, %c4, %c4 {num_groups = 2 : i64, eps = 1.0e-5 : f64, operandSegmentSizes = array<i32: 1, 1, 1>} : (tensor<16x4x14x14xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<16x4x14x14xf32>
  %r82 = aten.batch_norm %i, %c4, %c4, %c4, %var {training = false, momentum = 0.1 : f64, eps = 1.0e-3 : f64, operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<16x4x14x14xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<16x4x14x14xf32>
  %r83 = aten.batch_norm %s, %v8, %v8, %v8, %var8 {training = false, momentum = 0.1 : f64, eps = 1.0e-3 : f64, operandSegmentSizes = array<i32: 1, 1, 1, 1, 1>} : (tensor<16x8x98xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<16x8x98xf32>
  %r84 = aten.cat %i, %p, %a, %i, %p, %a, %i {dim = 1 : i64} : (tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>) -> tensor<16x28x14x14xf32>
  %r85 = aten.slice.Tensor %i {dim = 2 : i64, start = 1 : i64, end = 13 : i64, step = 3 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x4x14xf32>
  %r86 = aten.slice.Tensor %i {dim = -1 : i64, start = -5 : i64, end = 9223372036854775807 : i64, step = 1 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x14x5xf32>
  %r87 = aten.select.int %i {dim = 1 : i64, index = -2 : i64} : (tensor<16x4x14x14xf32>) -> tensor<16x14x14xf32>
  %r88 = aten.expand %cc {size = array<i64: 16, 4, 14, 1>} : (tensor<4x1x1xf32>) -> tensor<16x4x14x1xf32>
  %r89 = aten.constant_pad_nd %i {pad = array<i64: 1, 2, 0, 3>, value = 1.5 : f64} : (tensor<16x4x14x14xf32>) -> tensor<16x4x17x17xf32>
  %r90 = aten.pad %i {pad = array<i64: 1, 2, 2, 3>, mode = "reflect"} : (tensor<16x4x14x14xf32>) -> tensor<16x4x19x17xf32>
  %r91 = aten.permute %i {dims = array<i64: 3, 0, 2, 1>} : (tensor<16x4x14x14xf32>) -> tensor<14x16x14x4xf32>
  %e1 = aten.sum.dim_IntList %i {dim = array<i64: 2, 3>, keepdim = true} : (tensor<16x4x14x14xf32>) -> tensor<16x4x1x1xf32>
  %e2 = aten.relu %e1 : (tensor<16x4x1x1xf32>) -> tensor<16x4x1x1xf32>
  %e3 = aten.sum.dim_IntList %s {dim = array<i64: -1>, keepdim = false} : (tensor<16x8x98xf32>) -> tensor<16x8xf32>
  %e4 = aten.upsample_nearest2d.vec %i {output_size = array<i64: 42, 14>} : (tensor<16x4x14x14xf32>) -> tensor<16x4x42x14xf32>
  return %r1, %r2, %r3, %r4, %r5, %r6, %r7, %r8, %r9, %r10, %r11, %r12, %r13, %r14, %r15, %r16, %r17, %r18, %r19, %r20, %r21, %r22, %r23, %r24, %r25, %r26, %r27, %r28, %r29, %r30, %r31, %r32, %r33, %r34, %r35, %r36, %r37, %r38, %r39, %r40, %r41, %r42, %r43, %r44, %r45, %r46, %r47, %r48, %r49, %r50, %r51, %r52, %r53, %r54, %r55, %r56, %r57, %r58, %r59, %r60, %r61, %r62, %r63, %r64, %r65, %r66, %r67, %r68, %r69, %r70, %r71, %r72, %r73, %r74, %r75, %r76, %r77, %r78, %r79, %r80, %r81, %r82, %r83, %r84, %r85, %r86, %r87, %r88, %r89, %r90, %r91, %e2, %e3, %e4 : tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x4x7x12xf32>, tensor<16x4x7x7xf32>, tensor<16x4x7x7xf32>, tensor<16x4x7x7xf32>, tensor<16x4x7x7xf32>, tensor<16x4x7x2xf32>, tensor<16x4x1x1xf32>, tensor<16x4x1x1xf32>, tensor<16x4xf32>, tensor<16x14x14xf32>, tensor<16x1x98xf32>, tensor<16x8xf32>, tensor<16xf32>, tensor<f32>, tensor<16x4x21x28xf32>, tensor<16x4x21x28xf32>, tensor<16x4x28x28xf32>, tensor<16x6x7x14xf32>, tensor<16x6x12x12xf32>, tensor<16x8x7x7xf32>, tensor<16x6x28x29xf32>, tensor<16x6x28x28xf32>, tensor<16x6x48xf32>, tensor<16x8x6xf32>, tensor<16x8x8xf32>, tensor<16x98x98xf32>, tensor<16x6xf32>, tensor<16x6xf32>, tensor<16x8x98xf32>, tensor<16x4x14x14xf32>, tensor<16x4x14x14xf32>, tensor<16x8x98xf32>, tensor<16x28x14x14xf32>, tensor<16x4x4x14xf32>, tensor<16x4x14x5xf32>, tensor<16x14x14xf32>, tensor<16x4x14x1xf32>, tensor<16x4x17x17xf32>, tensor<16x4x19x17xf32>, tensor<14x16x14x4xf32>, tensor<16x4x1x1xf32>, tensor<16x8xf32>, tensor<16x4x42x14xf32>
}
