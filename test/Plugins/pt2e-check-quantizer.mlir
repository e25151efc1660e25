// DEFINE: %{how} = nothing
// DEFINE: %{check} = pt2e-opt %s -o /dev/null --load-quantizer-plugin=%plugins/libcareless.so --pt2e-check-quantizer="quantizer=careless options=how=%{how}"
// DEFINE: %{strict} = pt2e-opt %s -o /dev/null --load-quantizer-plugin=%plugins/libcareless.so --pt2e-check-quantizer="quantizer=careless options=how=%{how} strict=true"

// RUN: %{check} 2>&1 | FileCheck %s --check-prefix=NOTHING --implicit-check-not=error: --implicit-check-not=warning:
// NOTHING: careless: 1 programs, 3 ops on floats, of which 3 annotated and 0 refused; 0 errors, 0 warnings

// REDEFINE: %{how} = unreached
// RUN: %{check} 2>&1 | FileCheck %s --check-prefix=UNREACHED
// RUN: not %{strict} 2>&1 | FileCheck %s --check-prefix=UNREACHED
// UNREACHED: warning: never reached: aten::relu, 1 op: relu of the program
// UNREACHED: careless: 1 programs, 3 ops on floats, of which 2 annotated and 0 refused; 0 errors, 1 warnings

// REDEFINE: %{how} = twice
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: error: the program: {{.*}}sigmoid{{.*}}: operand 0 is annotated twice, in two ways
// REDEFINE: %{how} = rules
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=RULES
// RULES: error: the program: relu: two rules annotate it: rules and relu
// REDEFINE: %{how} = refused
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=REFUSED
// REFUSED: error: the program: relu: it is annotated, and refused afterwards
// REDEFINE: %{how} = reason
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=REASON
// REASON: error: the program: relu: it is refused without a code or without a reason
// REDEFINE: %{how} = code
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=CODE
// CODE: error: the program: relu: it is refused by the code 'The End!': expected small letters, digits and hyphens, as in no-kernel
// REDEFINE: %{how} = observer
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=OBSERVER --implicit-check-not=error:
// OBSERVER: error: the program: {{.*}}: the observer backwards gives no parameters after numbers around 0: expected a normal, positive scale of the observer backwards of the plugin careless, but got -1
// OBSERVER: careless:
// REDEFINE: %{how} = nobody
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=SPEC --implicit-check-not=error:
// SPEC: error: the program: {{.*}}expected an observer ({{.*}}), but got {{.*}}someone{{.*}}, and 5 more)
// REDEFINE: %{how} = conversion
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=CONVERSION
// CONVERSION: warning: the program: relu: it reads i8 [0, 127] where {{.*}}sigmoid makes i8 [-128, 127], which costs a conversion
// REDEFINE: %{how} = conflict
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=CONFLICT
// CONFLICT: error: the program: {{.*}}share in a circle
// REDEFINE: %{how} = inside
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=INSIDE
// INSIDE: error: the program: {{.*}}sigmoid: the pattern inside goes on to relu, but {{.*}}tanh reads its result as well
// REDEFINE: %{how} = state
// RUN: not %{check} 2>&1 | FileCheck %s --check-prefix=STATE
// STATE: error: the program: the same program is annotated in another way the second time

// Other programs, no programs, no quantizer.
// RUN: pt2e-opt /dev/null -o /dev/null --pt2e-check-quantizer="corpus=%data/cases/conv_relu__pc,%data/cases/linear_bias__pc/model.pt2,%s strict=true" 2>&1 | FileCheck %s --check-prefix=CORPUS
// CORPUS: xnnpack: 3 programs, {{[0-9]+}} ops on floats, of which {{[1-9][0-9]*}} annotated and {{[0-9]+}} refused; 0 errors, 0 warnings
// RUN: pt2e-opt /dev/null -o /dev/null --pt2e-check-quantizer 2>&1 | FileCheck %s --check-prefix=DEFAULT
// DEFAULT: xnnpack: {{[1-9][0-9]+}} programs, {{.*}}; 0 errors, 0 warnings
// RUN: not pt2e-opt /dev/null -o /dev/null --pt2e-check-quantizer=corpus=%t.no-such 2>&1 | FileCheck %s --check-prefix=ABSENT
// ABSENT: error: there is no '{{.*}}no-such'
// RUN: not pt2e-opt %s -o /dev/null --pt2e-check-quantizer=quantizer=nobody 2>&1 | FileCheck %s --check-prefix=NOBODY
// NOBODY: error: expected a quantizer ({{.*}}xnnpack), but got 'nobody'
// RUN: not pt2e-opt %s -o /dev/null --pt2e-check-quantizer=options=strict 2>&1 | FileCheck %s --check-prefix=OPTION --implicit-check-not=note:
// OPTION: error: expected an option as key=value, but got 'strict'

func.func @forward(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = aten.sigmoid %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = aten.relu %0 : (tensor<4xf32>) -> tensor<4xf32> loc("relu")
  %2 = aten.tanh %0 : (tensor<4xf32>) -> tensor<4xf32>
  return %1, %2 : tensor<4xf32>, tensor<4xf32>
}
