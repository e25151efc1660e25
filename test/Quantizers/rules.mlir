// Rules of a config file: each selector, the last of two that select an op,
// and static beside dynamic and weight-only in one program.
// RUN: split-file %s %t
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate=config=%t/rules.json | FileCheck %s
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate=config=%t/between.json | FileCheck %s --check-prefix=BETWEEN
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate=config=%t/mapping.json | FileCheck %s --check-prefix=MAPPING
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate="recipe=dynamic-int8 only=torch.nn.Linear" | FileCheck %s --check-prefix=ONLY

// Position and size count the ops with a weight; value and operator are names
// of the exported graph.
// CHECK-DAG: #[[ACT:.*]] = #pt2e.spec<i8, -128 : 127, affine, static, "merging_histogram"
// CHECK-DAG: #[[DYN:.*]] = #pt2e.spec<i8, -128 : 127, affine, dynamic
// CHECK-DAG: #[[W4:.*]] = #pt2e.spec<i4, -8 : 7, symmetric_no_clipping_error, static, "block_min_max" {{.*}}[1, 32]
// CHECK-DAG: #[[W8:.*]] = #pt2e.spec<i8, -127 : 127, symmetric, static, "per_channel_min_max"
// CHECK-LABEL: func @forward
// CHECK: aten.linear {{.*}}kept_float = {code = "asked"{{.*}}
// CHECK: aten.relu {{.*}}kept_float
// CHECK: aten.linear {{.*}}operands = [#[[DYN]], #[[W8]]], results = [unit], rule = "dynamic"
// CHECK: aten.relu {{.*}}kept_float
// CHECK: aten.linear {{.*}}operands = [unit, #[[W4]]], results = [unit], rule = "weight"
// CHECK: aten.mul.Tensor {{.*}}operands = [#[[ACT]], #[[ACT]]], results = [#[[ACT]]], rule = "mul"
// CHECK: aten.linear {{.*}}kept_float = {code = "asked"

// From the first to the second block: what lies between is in neither module.
// BETWEEN: aten.linear {{.*}}kept_float = {code = "not-selected"
// BETWEEN: aten.relu {{.*}}kept_float
// BETWEEN: aten.linear {{.*}}rule = "linear_relu"
// BETWEEN: aten.relu {{.*}}rule = "linear_relu"
// BETWEEN: aten.linear {{.*}}rule = "linear"
// BETWEEN: aten.mul.Tensor {{.*}}kept_float
// BETWEEN: aten.linear {{.*}}kept_float

// By order before name before regular expression before type before global.
// MAPPING: aten.linear {{.*}}rule = "linear_relu"
// MAPPING: aten.linear {{.*}}rule = "dynamic"
// MAPPING: aten.linear {{.*}}rule = "weight"
// MAPPING: aten.mul.Tensor {{.*}}kept_float = {code = "asked"
// MAPPING: aten.linear {{.*}}kept_float = {code = "asked"

// Rules of one word: a type, a module in it, an operator; stronger than the file.
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate="rules=torch.nn.Linear=dynamic-int8,blocks.1=weight-only-int4:group=32,head=float,aten::mul=default_qconfig config=%t/between.json" | FileCheck %s --check-prefix=WORDS
// RUN: not pt2e-opt %t/net.mlir --pt2e-annotate="rules=tail=float" 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not pt2e-opt %t/net.mlir --pt2e-annotate="rules=head" 2>&1 | FileCheck %s --check-prefix=NO-RECIPE
// RUN: not pt2e-opt %t/net.mlir --pt2e-annotate="rules=head=int8" 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: not pt2e-opt %t/net.mlir --pt2e-annotate="quantizer=embedding rules=head=float" 2>&1 | FileCheck %s --check-prefix=NO-RULES
// WORDS: aten.linear {{.*}}rule = "dynamic"
// WORDS: aten.linear {{.*}}rule = "weight"
// WORDS: aten.linear {{.*}}rule = "dynamic"
// WORDS: aten.mul.Tensor {{.*}}rule = "mul"
// WORDS: aten.linear {{.*}}kept_float = {code = "asked"
// NOTHING: error: --rule tail=float: expected ops that this rule selects (module 'tail'), but there are none
// NO-RECIPE: error: --rule head: expected WHAT=RECIPE
// WRONG: error: --rule head=int8: expected a recipe (static-int8, {{.*}}), but got 'int8'
// NO-RULES: error: --rule head=float: expected a quantizer that takes rules

// Moving averages, as fake quantize has in training.
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate="options=qat=true" | FileCheck %s --check-prefix=QAT
// QAT-DAG: #pt2e.spec<i8, -128 : 127, affine, static, "moving_average_min_max"
// QAT-DAG: #pt2e.spec<i8, -127 : 127, symmetric, static, "moving_average_per_channel_min_max"

// ONLY-COUNT-4: rule = "dynamic"
// ONLY-NOT: rule =

//--- net.mlir
#stem = loc(fused<#aten.scope<[":Net", "stem:torch.nn.modules.linear.Linear"]>>["linear", "model.py":1:0])
#relu = loc(fused<#aten.scope<[":Net"]>>["relu", "model.py":2:0])
#one = loc(fused<#aten.scope<[":Net", "blocks:Blocks", "blocks.1:torch.nn.modules.linear.Linear"]>>["linear_1", "model.py":3:0])
#relu1 = loc(fused<#aten.scope<[":Net"]>>["relu_1", "model.py":4:0])
#two = loc(fused<#aten.scope<[":Net", "blocks:Blocks", "blocks.2:torch.nn.modules.linear.Linear"]>>["linear_2", "model.py":5:0])
#mul = loc(fused<#aten.scope<[":Net"]>>["mul", "model.py":6:0])
#head = loc(fused<#aten.scope<[":Net", "head:torch.nn.modules.linear.Linear"]>>["linear_3", "model.py":7:0])
func.func @forward(%x: tensor<1x32xf32>) -> tensor<1x2xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<32x32xf32>
  %v = aten.parameter "v" dense<0.5> : tensor<2x32xf32>
  %0 = aten.linear %x, %w : (tensor<1x32xf32>, tensor<32x32xf32>) -> tensor<1x32xf32> loc(#stem)
  %1 = aten.relu %0 : (tensor<1x32xf32>) -> tensor<1x32xf32> loc(#relu)
  %2 = aten.linear %1, %w : (tensor<1x32xf32>, tensor<32x32xf32>) -> tensor<1x32xf32> loc(#one)
  %3 = aten.relu %2 : (tensor<1x32xf32>) -> tensor<1x32xf32> loc(#relu1)
  %4 = aten.linear %3, %w : (tensor<1x32xf32>, tensor<32x32xf32>) -> tensor<1x32xf32> loc(#two)
  %5 = aten.mul.Tensor %4, %x : (tensor<1x32xf32>, tensor<1x32xf32>) -> tensor<1x32xf32> loc(#mul)
  %6 = aten.linear %5, %v : (tensor<1x32xf32>, tensor<2x32xf32>) -> tensor<1x2xf32> loc(#head)
  return %6 : tensor<1x2xf32>
}
//--- rules.json
{
  "recipe": "a16w8",
  "rules": [
    {"module": "blocks.*", "apply": "dynamic-int8"},
    {"value": "linear_2", "apply": "weight-only-int4"},
    {"operator": "aten::mul", "apply": "static-int8"},
    {"max_size": 64, "apply": "float"},
    {"position": "first", "apply": "static-int8"},
    {"module_regex": "st.m", "apply": "float"},
    {"module_type": "Conv2d", "apply": "float", "optional": true}
  ]
}
//--- between.json
{
  "recipe": "float",
  "rules": [{"between": ["blocks.1", "blocks.2"], "apply": "static-int8"}]
}
//--- mapping.json
{
  "": null,
  "object_type": [["torch.nn.Linear", "float"], ["torch.nn.Conv2d", "default_qconfig"], ["torch.mul", null]],
  "module_name_regex": [["blocks$|head$", "float"], ["blocks\\.\\d\\b", "weight-only-int8"], ["blocks", "float"]],
  "module_name": [["stem", "default_per_channel_qconfig"]],
  "module_name_object_type_order": [["blocks", "torch.nn.functional.linear", 0, "default_dynamic_qconfig"]]
}
