#ifndef DIALECTS_ATEN_ATENELEMENTWISEOPS_TD
#define DIALECTS_ATEN_ATENELEMENTWISEOPS_TD

include "dialects/Aten/AtenBase.td"

// Elementwise arithmetic and activations. Arguments have the names, order and meaning of PyTorch's schema.

def Aten_AddTensorOp : Aten_Op<"add.Tensor"> {
  let summary = "`self + alpha * other`, broadcast";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$other, Aten_ScalarAttr:$alpha);
  let results = (outs Aten_Tensor:$result);
}

def Aten_AddScalarOp : Aten_Op<"add.Scalar"> {
  let summary = "`self + alpha * other` for a number";
  let arguments = (ins Aten_Tensor:$self, Aten_ScalarAttr:$other, Aten_ScalarAttr:$alpha);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SubTensorOp : Aten_Op<"sub.Tensor"> {
  let summary = "`self - alpha * other`, broadcast";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$other, Aten_ScalarAttr:$alpha);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SubScalarOp : Aten_Op<"sub.Scalar"> {
  let summary = "`self - alpha * other` for a number";
  let arguments = (ins Aten_Tensor:$self, Aten_ScalarAttr:$other, Aten_ScalarAttr:$alpha);
  let results = (outs Aten_Tensor:$result);
}

def Aten_RsubScalarOp : Aten_Op<"rsub.Scalar"> {
  let summary = "`other - alpha * self` for a number";
  let arguments = (ins Aten_Tensor:$self, Aten_ScalarAttr:$other, Aten_ScalarAttr:$alpha);
  let results = (outs Aten_Tensor:$result);
}

def Aten_MulTensorOp : Aten_Op<"mul.Tensor"> {
  let summary = "`self * other`, broadcast";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$other);
  let results = (outs Aten_Tensor:$result);
}

def Aten_MulScalarOp : Aten_Op<"mul.Scalar"> {
  let summary = "`self * other` for a number";
  let arguments = (ins Aten_Tensor:$self, Aten_ScalarAttr:$other);
  let results = (outs Aten_Tensor:$result);
}

def Aten_DivTensorOp : Aten_Op<"div.Tensor"> {
  let summary = "`self / other`, broadcast";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$other);
  let results = (outs Aten_Tensor:$result);
}

def Aten_DivScalarOp : Aten_Op<"div.Scalar"> {
  let summary = "`self / other` for a number";
  let arguments = (ins Aten_Tensor:$self, Aten_ScalarAttr:$other);
  let results = (outs Aten_Tensor:$result);
}

def Aten_MaximumOp : Aten_Op<"maximum"> {
  let summary = "larger of two, broadcast";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$other);
  let results = (outs Aten_Tensor:$result);
}

def Aten_MinimumOp : Aten_Op<"minimum"> {
  let summary = "smaller of two, broadcast";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$other);
  let results = (outs Aten_Tensor:$result);
}

def Aten_PowTensorScalarOp : Aten_Op<"pow.Tensor_Scalar"> {
  let summary = "`self` to a constant power";
  let arguments = (ins Aten_Tensor:$self, Aten_ScalarAttr:$exponent);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ReluOp : Aten_Op<"relu"> {
  let summary = "`max(self, 0)`";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_Relu6Op : Aten_Op<"relu6"> {
  let summary = "`min(max(self, 0), 6)`";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_HardtanhOp : Aten_Op<"hardtanh"> {
  let summary = "`min(max(self, min_val), max_val)`";
  let arguments = (ins Aten_Tensor:$self, Aten_ScalarAttr:$min_val, Aten_ScalarAttr:$max_val);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ClampOp : Aten_Op<"clamp"> {
  let summary = "limit to `[min, max]`, either absent";
  let arguments = (ins
    Aten_Tensor:$self,
    OptionalAttr<Aten_ScalarAttr>:$min,
    OptionalAttr<Aten_ScalarAttr>:$max);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ClampMinOp : Aten_Op<"clamp_min"> {
  let summary = "`max(self, min)`";
  let arguments = (ins Aten_Tensor:$self, Aten_ScalarAttr:$min);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SigmoidOp : Aten_Op<"sigmoid"> {
  let summary = "`1 / (1 + exp(-self))`";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_HardsigmoidOp : Aten_Op<"hardsigmoid"> {
  let summary = "`relu6(self + 3) / 6`";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_HardswishOp : Aten_Op<"hardswish"> {
  let summary = "`self * relu6(self + 3) / 6`";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SiluOp : Aten_Op<"silu"> {
  let summary = "`self * sigmoid(self)`";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_GeluOp : Aten_Op<"gelu"> {
  let summary = "gaussian error linear unit; `approximate` is none (erf) or tanh";
  let arguments = (ins Aten_Tensor:$self, StrAttr:$approximate);
  let results = (outs Aten_Tensor:$result);
}

def Aten_LeakyReluOp : Aten_Op<"leaky_relu"> {
  let summary = "`self` where positive, else `negative_slope * self`";
  let arguments = (ins Aten_Tensor:$self, Aten_ScalarAttr:$negative_slope);
  let results = (outs Aten_Tensor:$result);
}

def Aten_EluOp : Aten_Op<"elu"> {
  let summary = "exponential linear unit";
  let arguments = (ins
    Aten_Tensor:$self,
    Aten_ScalarAttr:$alpha,
    Aten_ScalarAttr:$scale,
    Aten_ScalarAttr:$input_scale);
  let results = (outs Aten_Tensor:$result);
}

def Aten_PreluOp : Aten_Op<"prelu"> {
  let summary = "`self` where positive, else `weight * self`, per channel";
  let arguments = (ins Aten_Tensor:$self, Aten_Tensor:$weight);
  let results = (outs Aten_Tensor:$result);
}

def Aten_TanhOp : Aten_Op<"tanh"> {
  let summary = "hyperbolic tangent";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ExpOp : Aten_Op<"exp"> {
  let summary = "exponential";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_LogOp : Aten_Op<"log"> {
  let summary = "natural logarithm";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SqrtOp : Aten_Op<"sqrt"> {
  let summary = "square root";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_RsqrtOp : Aten_Op<"rsqrt"> {
  let summary = "`1 / sqrt(self)`";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SquareOp : Aten_Op<"square"> {
  let summary = "`self * self`";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_AbsOp : Aten_Op<"abs"> {
  let summary = "absolute value";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_NegOp : Aten_Op<"neg"> {
  let summary = "negation";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_SinOp : Aten_Op<"sin"> {
  let summary = "sine";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_CosOp : Aten_Op<"cos"> {
  let summary = "cosine";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_FloorOp : Aten_Op<"floor"> {
  let summary = "round towards minus infinity";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_CeilOp : Aten_Op<"ceil"> {
  let summary = "round towards plus infinity";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ReciprocalOp : Aten_Op<"reciprocal"> {
  let summary = "`1 / self`";
  let arguments = (ins Aten_Tensor:$self);
  let results = (outs Aten_Tensor:$result);
}

def Aten_DropoutOp : Aten_Op<"dropout"> {
  let summary = "identity in inference";
  let arguments = (ins Aten_Tensor:$input, F64Attr:$p, BoolAttr:$train);
  let results = (outs Aten_Tensor:$result);
}

def Aten_ToDtypeOp : Aten_Op<"to.dtype"> {
  let summary = "convert the element type";
  let arguments = (ins Aten_Tensor:$self, TypeAttr:$dtype);
  let results = (outs Aten_Tensor:$result);
}

#endif // DIALECTS_ATEN_ATENELEMENTWISEOPS_TD
