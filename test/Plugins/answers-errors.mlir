// What a quantizer of a plugin answers is checked; what it throws is caught.
// DEFINE: %{how} =
// DEFINE: %{run} = not pt2e-opt %s --load-quantizer-plugin=%plugins/libbroken.so --pt2e-annotate="quantizer=broken options=how=%{how}" --pt2e-prepare 2>&1

// REDEFINE: %{how} = factory-throw
// RUN: %{run} | FileCheck %s --check-prefix=FACTORY-THROW
// FACTORY-THROW: error: the quantizer broken of the plugin broken threw an exception: no parts
// REDEFINE: %{how} = factory-null
// RUN: %{run} | FileCheck %s --check-prefix=FACTORY-NULL
// FACTORY-NULL: error: the quantizer broken of the plugin broken cannot be made: it gives no reason
// REDEFINE: %{how} = factory-error
// RUN: %{run} | FileCheck %s --check-prefix=FACTORY-ERROR
// FACTORY-ERROR: error: the quantizer broken of the plugin broken cannot be made: expected how to be something else
// REDEFINE: %{how} = throw
// RUN: %{run} | FileCheck %s --check-prefix=THROW
// THROW: the quantizer broken of the plugin broken threw an exception: out of ideas
// REDEFINE: %{how} = throw-int
// RUN: %{run} | FileCheck %s --check-prefix=THROW-INT
// THROW-INT: the quantizer broken of the plugin broken threw an exception
// REDEFINE: %{how} = op
// RUN: %{run} | FileCheck %s --check-prefix=OP
// OP: the quantizer broken of the plugin broken asks for op 9, but there are 2
// REDEFINE: %{how} = value
// RUN: %{run} | FileCheck %s --check-prefix=VALUE
// VALUE: the quantizer broken of the plugin broken asks for value 1000, but there are 3
// REDEFINE: %{how} = operand
// RUN: %{run} | FileCheck %s --check-prefix=OPERAND
// OPERAND: the quantizer broken of the plugin broken asks for operand 5, but there are 2
// REDEFINE: %{how} = result
// RUN: %{run} | FileCheck %s --check-prefix=RESULT
// RESULT: the quantizer broken of the plugin broken asks for result 5, but there are 1
// REDEFINE: %{how} = spec
// RUN: %{run} | FileCheck %s --check-prefix=SPEC
// SPEC: error: {{.*}}100
// REDEFINE: %{how} = scale
// RUN: %{run} | FileCheck %s --check-prefix=SCALE
// SCALE: error: {{.*}}expected a normal, positive scale, but got
// REDEFINE: %{how} = prepare-throw
// RUN: %{run} | FileCheck %s --check-prefix=PREPARE-THROW
// PREPARE-THROW: the quantizer broken of the plugin broken threw an exception: not prepared
// REDEFINE: %{how} = site
// RUN: %{run} | FileCheck %s --check-prefix=SITE
// SITE: the quantizer broken of the plugin broken asks for site 3, but there are 0
// REDEFINE: %{how} = edge
// RUN: %{run} | FileCheck %s --check-prefix=EDGE
// EDGE: the quantizer broken of the plugin broken asks for op 1000, but there are 2
// REDEFINE: %{how} = observer-null
// RUN: %{run} | FileCheck %s --check-prefix=NULL
// NULL: the observer observer-null of the plugin broken cannot be made: it gives no reason
// REDEFINE: %{how} = observer-throw
// RUN: %{run} | FileCheck %s --check-prefix=OBSERVER-THROW
// OBSERVER-THROW: the observer observer-throw of the plugin broken threw an exception: cannot look

func.func @two(%y: tensor<4xf32>) -> tensor<4xf32> {
  %w = aten.parameter "w" dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = aten.mul.Tensor %w, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
