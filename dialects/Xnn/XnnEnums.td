#ifndef DIALECTS_XNN_XNNENUMS_TD
#define DIALECTS_XNN_XNNENUMS_TD

include "mlir/IR/EnumAttr.td"

// Numbers are those of XNNDatatype in the delegate's schema.
def Xnn_Datatype : I32EnumAttr<"Datatype", "datatype of an XNNPACK value", [
    I32EnumAttrCase<"F32", 1, "f32">,
    I32EnumAttrCase<"F16", 2, "f16">,
    I32EnumAttrCase<"QInt8", 3, "qint8">,
    I32EnumAttrCase<"QUInt8", 4, "quint8">,
    I32EnumAttrCase<"QInt32", 5, "qint32">,
    I32EnumAttrCase<"QCInt8", 6, "qcint8">,
    I32EnumAttrCase<"QCInt32", 7, "qcint32">,
    I32EnumAttrCase<"QCInt4", 8, "qcint4">,
    I32EnumAttrCase<"QDInt8", 9, "qdint8">,
    I32EnumAttrCase<"QBInt4", 10, "qbint4">,
    I32EnumAttrCase<"Int32", 12, "int32">,
    I32EnumAttrCase<"BF16", 14, "bf16">]> {
  let cppNamespace = "::pt2e::xnn";
  let genSpecializedAttr = 0;
}

class Xnn_Enum<string name, string summary, list<I32EnumAttrCase> cases> : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::pt2e::xnn";
}

def Xnn_UnaryKind : Xnn_Enum<"UnaryKind", "an elementwise function", [
    I32EnumAttrCase<"Abs", 0, "abs">,
    I32EnumAttrCase<"Ceiling", 1, "ceiling">,
    I32EnumAttrCase<"Cos", 2, "cos">,
    I32EnumAttrCase<"Exp", 3, "exp">,
    I32EnumAttrCase<"Floor", 4, "floor">,
    I32EnumAttrCase<"Gelu", 5, "gelu">,
    I32EnumAttrCase<"Hardswish", 6, "hardswish">,
    I32EnumAttrCase<"Log", 7, "log">,
    I32EnumAttrCase<"Negate", 8, "negate">,
    I32EnumAttrCase<"ReciprocalSquareRoot", 9, "reciprocal_square_root">,
    I32EnumAttrCase<"Sigmoid", 10, "sigmoid">,
    I32EnumAttrCase<"Sin", 11, "sin">,
    I32EnumAttrCase<"Square", 12, "square">,
    I32EnumAttrCase<"SquareRoot", 13, "square_root">,
    I32EnumAttrCase<"Tanh", 14, "tanh">]>;

def Xnn_BinaryKind : Xnn_Enum<"BinaryKind", "a function of two values, broadcast", [
    I32EnumAttrCase<"Add", 0, "add">,
    I32EnumAttrCase<"Divide", 1, "divide">,
    I32EnumAttrCase<"Maximum", 2, "maximum">,
    I32EnumAttrCase<"Minimum", 3, "minimum">,
    I32EnumAttrCase<"Multiply", 4, "multiply">,
    I32EnumAttrCase<"PReLU", 5, "prelu">,
    I32EnumAttrCase<"Subtract", 6, "subtract">]>;

#endif // DIALECTS_XNN_XNNENUMS_TD
