#include "Forms.h"

#include "dialects/Xnn/Xnn.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pt2e;

uint64_t pt2e::countMultiplyAdds(Operation *op) {
  auto elements = [](Value value) {
    uint64_t count = 1;
    for (int64_t size : cast<xnn::ValueType>(value.getType()).getShape())
      count *= size;
    return count;
  };
  auto lastSizes = [](Value filter, size_t count) {
    uint64_t product = 1;
    for (int64_t size :
         cast<xnn::ValueType>(filter.getType()).getShape().take_back(count))
      product *= size;
    return product;
  };
  return llvm::TypeSwitch<Operation *, uint64_t>(op)
      .Case([&](xnn::Conv2dOp conv) {
        return elements(conv.getOutput()) * lastSizes(conv.getFilter(), 3);
      })
      .Case([&](xnn::ConvTranspose2dOp conv) {
        return elements(conv.getInput()) * elements(conv.getFilter()) /
               std::max<int64_t>(1, lastSizes(conv.getInput(), 1));
      })
      .Case([&](xnn::DepthwiseConv2dOp conv) {
        return elements(conv.getOutput()) * lastSizes(conv.getFilter(), 3) /
               lastSizes(conv.getFilter(), 1);
      })
      .Case([&](xnn::FullyConnectedOp linear) {
        return elements(linear.getOutput()) * lastSizes(linear.getFilter(), 1);
      })
      .Case([&](xnn::BatchMatrixMultiplyOp product) {
        return elements(product.getOutput()) * lastSizes(product.getLhs(), 1);
      })
      .Default([](Operation *) { return 0; });
}

/// The float ops between codes and `convert`, if XNNPACK makes one table of
/// them: functions of one value, each read by the next alone.
static SmallVector<Operation *> tableOps(xnn::ConvertOp convert) {
  SmallVector<Operation *> ops;
  if (!convert.getOutput().getType().isQuantized8())
    return ops;
  Value value = convert.getInput();
  while (Operation *op = value.getDefiningOp()) {
    if (auto from = dyn_cast<xnn::ConvertOp>(op)) {
      if (from.getInput().getType().isQuantized8())
        return ops;
      break;
    }
    if (!op->hasOneUse())
      break;
    if (auto binary = dyn_cast<xnn::BinaryElementwiseOp>(op)) {
      if (!binary.getRhs().getDefiningOp<xnn::ConstantOp>())
        break;
    } else if (!isa<xnn::UnaryElementwiseOp, xnn::ClampOp>(op)) {
      break;
    }
    ops.push_back(op);
    value = op->getOperand(0);
  }
  return {};
}

Forms::Forms(ModuleOp module) {
  module.walk([&](xnn::ConvertOp convert) {
    for (Operation *op : tableOps(convert))
      inTables.insert(op);
  });
}

/// What a value of this datatype is called.
static StringRef nameOf(Value value) {
  switch (cast<xnn::ValueType>(value.getType()).getDatatype()) {
  case xnn::Datatype::F32:
    return "float";
  case xnn::Datatype::F16:
    return "f16";
  case xnn::Datatype::BF16:
    return "bf16";
  case xnn::Datatype::QInt8:
  case xnn::Datatype::QCInt8:
    return "int8";
  case xnn::Datatype::QUInt8:
    return "uint8";
  case xnn::Datatype::QDInt8:
    return "dynamic int8";
  case xnn::Datatype::QCInt4:
  case xnn::Datatype::QBInt4:
    return "int4";
  case xnn::Datatype::QInt32:
  case xnn::Datatype::QCInt32:
    return "int32";
  }
  return "other";
}

std::string Forms::of(Operation *op) const {
  if (countMultiplyAdds(op) > 0) {
    const StringRef input = nameOf(op->getOperand(0));
    const StringRef filter = nameOf(op->getOperand(1));
    return input == filter && !isInteger(input)
               ? input.str()
               : (input + " x " + filter).str();
  }
  return ofResult(op);
}

std::string Forms::ofResult(Operation *op) const {
  if (inTables.contains(op))
    return "int8 table";
  const StringRef result = nameOf(op->getResult(0));
  // A convert from codes is one of codes.
  return (isa<xnn::ConvertOp>(op) && !isInteger(result)
              ? nameOf(op->getOperand(0))
              : result)
      .str();
}

bool Forms::isInteger(StringRef form) {
  return !form.contains("float") && !form.contains("f16") &&
         !form.contains("f64");
}
