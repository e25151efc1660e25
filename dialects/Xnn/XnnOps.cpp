#include "dialects/Xnn/Xnn.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace pt2e::xnn;

#define GET_OP_CLASSES
#include "dialects/Xnn/XnnOps.cpp.inc"
