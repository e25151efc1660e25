#ifndef DIALECTS_PT2E_PT2EENUMS_TD
#define DIALECTS_PT2E_PT2EENUMS_TD

include "mlir/IR/EnumAttr.td"

def Pt2e_Scheme : I32EnumAttr<"QuantScheme", "how codes map to real values", [
    I32EnumAttrCase<"Symmetric", 0, "symmetric">,
    I32EnumAttrCase<"Affine", 1, "affine">,
    I32EnumAttrCase<"SymmetricNoClippingError", 2, "symmetric_no_clipping_error">,
    I32EnumAttrCase<"AffineFloat", 3, "affine_float">]> {
  let cppNamespace = "::pt2e";
}

def Pt2e_Timing : I32EnumAttr<"Timing", "when the parameters of a quantization are known", [
    I32EnumAttrCase<"Static", 0, "static">,
    I32EnumAttrCase<"Dynamic", 1, "dynamic">]> {
  let cppNamespace = "::pt2e";
  let genSpecializedAttr = 0;
}

def Pt2e_SharedTarget : I32EnumAttr<"SharedTarget", "what a shared spec refers to", [
    I32EnumAttrCase<"Operand", 0, "operand">,
    I32EnumAttrCase<"Result", 1, "result">,
    I32EnumAttrCase<"Producer", 2, "producer">]> {
  let cppNamespace = "::pt2e";
  let genSpecializedAttr = 0;
}

#endif // DIALECTS_PT2E_PT2EENUMS_TD
