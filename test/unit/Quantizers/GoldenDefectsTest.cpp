//===- GoldenDefectsTest.cpp - Where the reference is wrong ---------------===//

#include "GoldenCase.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "lib/Quantizers/SpecAttributes.h"
#include "mlir/Pass/PassRegistry.h"
#include "pt2e/InitAll.h"
#include "test/unit/LoadedContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pt2e;

namespace {
class GoldenDefects : public testing::Test {
protected:
  static void SetUpTestSuite() { registerAllPasses(); }

  /// The spec of operand 0 of each op with a weight, by the op's module; null
  /// where it stays float.
  std::map<std::string, Attribute> inputSpecs(const std::string &name) {
    module = annotateCase(name, &context);
    std::map<std::string, Attribute> specs;
    EXPECT_TRUE(module);
    module->walk([&](Operation *op) {
      if (!isa<aten::Conv2dOp, aten::LinearOp>(op))
        return;
      auto annotation = op->getAttrOfType<AnnotationAttr>(kAnnotation);
      specs[aten::getProvenance(op->getLoc()).modulePath().str()] =
          annotation ? annotation.getOperands()[0] : Attribute();
    });
    return specs;
  }

  LoadedContext context;
  OwningOpRef<ModuleOp> module;
};

/// The reference's choices by module never reach a convolution.
TEST_F(GoldenDefects, ModuleNamesReachConvolutions) {
  for (const auto &[module, spec] : inputSpecs("nested__name_a"))
    EXPECT_EQ(static_cast<bool>(spec), module.rfind("a.", 0) == 0) << module;
  for (const auto &[module, spec] : inputSpecs("nested__name_a_conv"))
    EXPECT_EQ(static_cast<bool>(spec), module == "a.conv") << module;
}

TEST_F(GoldenDefects, ModuleTypesReachConvolutions) {
  for (const auto &[module, spec] : inputSpecs("nested__type_sub"))
    EXPECT_EQ(static_cast<bool>(spec), module.find('.') != std::string::npos)
        << module;
}
} // namespace
