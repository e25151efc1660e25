// Several quantizers of one file annotate one after the other, and none what
// another did.
// RUN: split-file %s %t
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate=config=%t/composed.json | FileCheck %s
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate="quantizer={embedding,xnnpack} recipe=dynamic-int8" | FileCheck %s
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate="quantizer={embedding,xnnpack} recipe=dynamic-int8 compat=torchao" | FileCheck %s
// RUN: not pt2e-opt %t/net.mlir --pt2e-annotate="quantizer={embedding,xnnpack} config=%t/composed.json" 2>&1 | FileCheck %s --check-prefix=BOTH
// RUN: pt2e-opt %t/net.mlir --pt2e-annotate="quantizer=embedding options=bits=4" | FileCheck %s --check-prefix=FOUR
// RUN: not pt2e-opt %t/net.mlir --pt2e-annotate=config=%t/replaced.json 2>&1 | FileCheck %s --check-prefix=REPLACED
// RUN: not pt2e-opt %t/net.mlir --pt2e-annotate=config=%t/rules.json 2>&1 | FileCheck %s --check-prefix=RULES
// RUN: not pt2e-opt %t/net.mlir --pt2e-annotate=config=%t/beside.json 2>&1 | FileCheck %s --check-prefix=BESIDE
// RUN: not pt2e-opt %t/net.mlir --pt2e-annotate="quantizer=embedding options=bits=2" 2>&1 | FileCheck %s --check-prefix=BITS

// CHECK-DAG: #[[TABLE:.*]] = #pt2e.spec<ui8, 0 : 255, affine_float, static, "per_channel_min_max" {{.*}}axis = 0
// CHECK: aten.embedding {{.*}}operands = [#[[TABLE]], unit], results = [unit], rule = "embedding"
// CHECK: aten.linear {{.*}}rule = "dynamic"
// FOUR: #pt2e.spec<ui4, 0 : 15, affine_float
// FOUR: aten.linear {{.*}}kept_float = {code = "not-selected"
// REPLACED: error: expected each quantizer to annotate what none before it did, but embedding replaces operand 0 of embedding
// RULES: error: {{.*}}rules.json:1:1: expected no rules for the quantizer embedding
// BESIDE: error: {{.*}}beside.json:1:1: expected nothing but the quantizers beside the key 'quantizers'
// BOTH: error: expected one quantizer beside a config file, whose key 'quantizers' lists several, but got 'embedding,xnnpack'
// BITS: error: expected bits=8 or bits=4 for the quantizer embedding, but got 'bits=2'

//--- net.mlir
func.func @forward(%x: tensor<3xi64>) -> tensor<3x2xf32> {
  %w = aten.parameter "w" dense<0.5> : tensor<5x32xf32>
  %v = aten.parameter "v" dense<0.5> : tensor<2x32xf32>
  %0 = aten.embedding %w, %x {padding_idx = -1 : i64, scale_grad_by_freq = false, sparse = false} : (tensor<5x32xf32>, tensor<3xi64>) -> tensor<3x32xf32>
  %1 = aten.linear %0, %v : (tensor<3x32xf32>, tensor<2x32xf32>) -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}
//--- composed.json
{"quantizers": [{"quantizer": "embedding", "options": {"bits": 8}}, {"recipe": "dynamic-int8"}]}
//--- replaced.json
{"quantizers": [{"quantizer": "embedding"}, {"quantizer": "embedding", "options": {"bits": 4}}]}
//--- rules.json
{"quantizer": "embedding", "rules": [{"apply": "float"}]}
//--- beside.json
{"quantizers": [{"quantizer": "embedding"}], "recipe": "float"}
