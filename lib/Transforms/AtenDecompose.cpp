//===- AtenDecompose.cpp - Operators in terms of simpler ones -------------===//

#include "Decompose.h"
#include "dialects/Aten/Remarks.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "pt2e/Transforms/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_ATENDECOMPOSEPASS
#include "pt2e/Transforms/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

static decompose::Table makeTable() {
  decompose::Table table;
  decompose::addActivations(table);
  decompose::addAttention(table);
  decompose::addConvolutions(table);
  decompose::addIndexing(table);
  decompose::addMoves(table);
  decompose::addNorms(table);
  decompose::addPools(table);
  decompose::addProducts(table);
  decompose::addRecurrent(table);
  decompose::addReductions(table);
  decompose::addResize(table);
  decompose::addSplits(table);
  return table;
}

namespace {
struct AtenDecomposePass
    : pt2e::impl::AtenDecomposePassBase<AtenDecomposePass> {
  void runOnOperation() override {
    static const decompose::Table table = makeTable();
    OpBuilder builder(&getContext());
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<aten::AtenDialect>(op->getDialect()))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      auto decomposition = table.find(aten::schemaName(op));
      if (decomposition == table.end())
        continue;
      builder.setInsertionPoint(op);
      decompose::AtenBuilder to(builder, op);
      if (decomposition->second(to))
        ++numDecomposed;
      else
        missed(op->getLoc(), "decompose", "Decompose",
               aten::schemaName(op) + " stays: " + to.whyKept());
    }
  }
};
} // namespace
