//===- SharingGroupsTest.cpp - Long chains, and ops in any order ----------===//

#include "lib/Quantizers/SharingGroups.h"

#include <algorithm>
#include <set>

#include "dialects/Aten/Provenance.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "test/unit/LoadedContext.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pt2e;

namespace {
class SharingGroupsTest : public testing::Test {
protected:
  /// The groups of `body`, each edge as its op's name, kind and index.
  std::multiset<std::set<std::string>> groups(const std::string &body) {
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
        "#act = #pt2e.spec<i8, -128 : 127, affine, static, \"min_max\">\n"
        "func.func @f(%x: tensor<1x2xf32>, %y: tensor<1x2xf32>, "
        "%z: tensor<1x2xf32>) {\n" +
            body + "  return\n}\n",
        &context);
    std::multiset<std::set<std::string>> found;
    if (!module) {
      ADD_FAILURE() << "cannot parse";
      return found;
    }
    auto list = sharingGroups(*module->getOps<func::FuncOp>().begin());
    EXPECT_TRUE(succeeded(list));
    for (const SharingGroup &group : *list) {
      std::set<std::string> edges;
      for (const QuantizedEdge &edge : group.edges)
        edges.insert(aten::exportedName(edge.op->getLoc()).str() +
                     (edge.isResult ? " result " : " operand ") +
                     std::to_string(edge.index));
      found.insert(edges);
    }
    return found;
  }

  LoadedContext context;
};

TEST_F(SharingGroupsTest, FollowThousandsOfSharedSpecs) {
  constexpr int kLength = 3000;
  std::string body;
  for (int i = 0; i < kLength; ++i)
    body += "  %" + std::to_string(i) + " = aten.relu %" +
            (i == 0 ? "x" : std::to_string(i - 1)) +
            " {pt2e.annotation = #pt2e.annotation<operands = [" +
            (i == 0 ? "#act" : "#pt2e.shared<producer>") +
            "], results = [#pt2e.shared<operand>], rule = \"follow\">} : "
            "(tensor<1x2xf32>) -> tensor<1x2xf32> loc(\"relu_" +
            std::to_string(i) + "\")\n";
  const auto found = groups(body);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.begin()->size(), 2u * kLength);
}

/// Ops that do not depend on each other, in every order: who is first decides
/// nothing.
TEST_F(SharingGroupsTest, DoNotDependOnTheOrderOfOps) {
  const auto cat = [](const char *name, const char *a, const char *b,
                      const char *annotation) {
    return std::string("  %") + name + " = aten.cat %" + a + ", %" + b +
           " {dim = 0 : i64, pt2e.annotation = #pt2e.annotation<" + annotation +
           ", rule = \"cat\">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> "
           "tensor<2x2xf32> loc(\"" +
           name + "\")\n";
  };
  std::vector<std::string> ops = {
      cat("a", "x", "y",
          "operands = [#act, #pt2e.shared<operand>], results = [#act]"),
      cat("b", "y", "x",
          "operands = [#pt2e.shared<result>, #act], "
          "results = [#pt2e.shared<operand = 1>]"),
      cat("c", "z", "y",
          "operands = [#act, #act], results = [#pt2e.shared<operand>]"),
      cat("d", "z", "z", "operands = [#act, unit], results = [unit]")};
  std::sort(ops.begin(), ops.end());
  const auto first = groups(llvm::join(ops, ""));
  // x, y and what shares with them; z and the result of c; the result of a.
  EXPECT_EQ(first.size(), 3u);
  while (std::next_permutation(ops.begin(), ops.end()))
    EXPECT_EQ(groups(llvm::join(ops, "")), first);
}
} // namespace
