#include "pt2e/Import/Import.h"

#include "ProgramBuilder.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pt2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const char kAten[] = "torch.ops.aten.";

/// y = x * 2; v = `view` of y; v += 1; returns y.
struct WriteThroughView {
  std::string view;
  std::vector<std::pair<std::string, Argument>> arguments;
  GraphBuilder::Sizes sizes;
  GraphBuilder::Sizes strides;

  std::string import() const {
    ProgramBuilder builder;
    builder.input("x", {2, 6});
    builder.tensor("y", {2, 6});
    builder.tensor("v", sizes, strides);
    builder.tensor("w", sizes, strides);
    builder.call(
        std::string(kAten) + "mul.Tensor",
        {{"self", tensorArgument("x")}, {"other", scalarArgument(int64_t(2))}},
        "y");
    auto all = arguments;
    all.insert(all.begin(), {"self", tensorArgument("y")});
    builder.call(kAten + view, all, "v");
    builder.call(
        std::string(kAten) + "add_.Tensor",
        {{"self", tensorArgument("v")}, {"other", scalarArgument(int64_t(1))}},
        "w");
    builder.output("y");
    return builder.import();
  }
};

TEST(ImportProgramTest, WritesReachTheViewedTensor) {
  const auto number = [](int64_t value) { return scalarArgument(value); };
  const std::vector<std::pair<WriteThroughView, std::string>> cases = {
      {{"view.default", {{"size", listArgument({3, 4})}}, {3, 4}, {}},
       "aten.reshape %[0-9]+ .shape = array<i64: 2, 6>"},
      {{"transpose.int",
        {{"dim0", number(0)}, {"dim1", number(1)}},
        {6, 2},
        {1, 6}},
       "aten.transpose.int %[0-9]+ .dim0 = 0 : i64, dim1 = 1 : i64. : "
       ".tensor<6x2xf32>. -> tensor<2x6xf32>\n +return"},
      {{"permute.default", {{"dims", listArgument({1, 0})}}, {6, 2}, {1, 6}},
       "aten.permute %[0-9]+ .dims = array<i64: 1, 0>. : .tensor<6x2xf32>. -> "
       "tensor<2x6xf32>\n +return"},
      {{"t.default", {}, {6, 2}, {1, 6}}, "tensor<2x6xf32>\n +return"},
      {{"slice.Tensor",
        {{"dim", number(1)}, {"start", number(1)}, {"end", number(3)}},
        {2, 2},
        {6, 1}},
       "aten::slice_scatter.*dim = 1 : i64, end = 3 : i64, start = 1 : i64, "
       "step = 1"},
      {{"select.int", {{"dim", number(0)}, {"index", number(-1)}}, {6}, {1}},
       "aten::select_scatter.*dim = 0 : i64, index = -1"},
      {{"unsqueeze.default", {{"dim", number(0)}}, {1, 2, 6}, {}},
       "aten.reshape %[0-9]+ .shape = array<i64: 2, 6>"},
      {{"diagonal.default", {}, {2}, {7}}, "aten::diagonal_scatter"},
      {{"as_strided.default",
        {{"size", listArgument({2})}, {"stride", listArgument({1})}},
        {2},
        {1}},
       "aten::as_strided_scatter"},
      {{"detach.default", {}, {2, 6}, {}},
       "%2 = aten.add.Scalar.*\n +return %2"},
  };
  for (const auto &[program, expected] : cases)
    EXPECT_THAT(program.import(), ContainsRegex(expected)) << program.view;
}

TEST(ImportProgramTest, WritesThroughRepeatedElementsAreRefused) {
  const WriteThroughView program{"expand.default",
                                 {{"size", listArgument({3, 2, 6})}},
                                 {3, 2, 6},
                                 {0, 6, 1}};
  EXPECT_THAT(program.import(),
              HasSubstr("expected a view that can be written through, but got "
                        "aten::expand before the write in w"));
}

TEST(ImportProgramTest, ReshapesThatCopyAreNotWrittenThrough) {
  // Of a transposed tensor: its rows are no run of memory.
  ProgramBuilder builder;
  builder.input("x", {6, 2}, {1, 6});
  builder.tensor("y", {6, 2}, {1, 6});
  builder.tensor("flat", {12});
  builder.tensor("w", {12});
  builder.call("torch.ops.aten.neg.default", {{"self", tensorArgument("x")}},
               "y");
  builder.call("torch.ops.aten.reshape.default",
               {{"self", tensorArgument("y")}, {"shape", listArgument({12})}},
               "flat");
  builder.call("torch.ops.aten.relu_.default",
               {{"self", tensorArgument("flat")}}, "w");
  builder.output("y");
  EXPECT_THAT(builder.import(),
              ContainsRegex("%0 = aten.neg %arg0.*\n +return %0"));
}

TEST(ImportProgramTest, ManySiblingViewsSeeEachOthersWrites) {
  // a, b = x.split(3, 1) of y; a += 1; then b += a: both halves of y change.
  ProgramBuilder builder;
  builder.input("x", {2, 6});
  for (const char *name : {"y"})
    builder.tensor(name, {2, 6});
  for (const char *name : {"a", "b", "a1", "b1"})
    builder.tensor(name, {2, 3}, {6, 1});
  builder.call("torch.ops.aten.neg.default", {{"self", tensorArgument("x")}},
               "y");
  builder.call("torch.ops.aten.split.Tensor",
               {{"self", tensorArgument("y")},
                {"split_size", scalarArgument(int64_t(3))},
                {"dim", scalarArgument(int64_t(1))}},
               "a");
  builder.graph.nodes.back().outputs = {
      Argument{Argument::TensorList{{"a"}, {"b"}}}};
  builder.call(
      "torch.ops.aten.add_.Tensor",
      {{"self", tensorArgument("a")}, {"other", scalarArgument(int64_t(1))}},
      "a1");
  builder.call("torch.ops.aten.add_.Tensor",
               {{"self", tensorArgument("b")}, {"other", tensorArgument("a1")}},
               "b1");
  builder.output("y");
  EXPECT_THAT(builder.import(),
              ContainsRegex("%1:2 = aten.split.Tensor %0.*\n"
                            " +%2 = aten.add.Scalar %1#0.*\n"
                            " +%3 = aten.operator "
                            "\"aten::slice_scatter\"[(]%0, %2[)].*end = 3.*\n"
                            " +%4:2 = aten.split.Tensor %3.*\n"
                            " +%5 = aten.add.Tensor %4#1, %2.*\n"
                            " +%6 = aten.operator "
                            "\"aten::slice_scatter\"[(]%3, %5[)].*start = 3.*\n"
                            " +return %6"));
}

TEST(ImportProgramTest, TransposedInPlaceChangesTheViewOnly) {
  ProgramBuilder builder;
  builder.input("x", {2, 6});
  builder.tensor("y", {2, 6});
  builder.tensor("t", {6, 2}, {1, 6});
  builder.tensor("z", {6, 2});
  builder.call("torch.ops.aten.neg.default", {{"self", tensorArgument("x")}},
               "y");
  builder.call("torch.ops.aten.t_.default", {{"self", tensorArgument("y")}},
               "t");
  // y is the transposed tensor from here on.
  builder.call("torch.ops.aten.relu.default", {{"self", tensorArgument("y")}},
               "z");
  builder.output("z");
  EXPECT_THAT(builder.import(),
              ContainsRegex("aten.t %0.*\n +%2 = aten.relu %1.*\n +return %2"));
}

TEST(ImportProgramTest, WrittenInputsBecomeResults) {
  ProgramBuilder builder;
  builder.input("x", {2});
  builder.tensor("w", {2});
  builder.call("torch.ops.aten.relu_.default", {{"self", tensorArgument("x")}},
               "w");
  builder.output("w");
  EXPECT_THAT(builder.import(),
              AllOf(HasSubstr("aten.mutated_input = \"x\", aten.name = \"x\""),
                    ContainsRegex("return %0, %0")));
}

/// Adds the input `x` to the buffer `a` in place, and negates `b`, which begins
/// where `a` does.
static void twoBuffers(ProgramBuilder &builder, int64_t sizeOfA,
                       int64_t sizeOfB) {
  builder.buffer("a", {sizeOfA});
  builder.buffer("b", {sizeOfB}, "a");
  builder.input("x", {sizeOfA});
  builder.tensor("a1", {sizeOfA});
  builder.tensor("y", {sizeOfB});
  builder.call("torch.ops.aten.add_.Tensor",
               {{"self", tensorArgument("a")}, {"other", tensorArgument("x")}},
               "a1");
  builder.call("torch.ops.aten.neg.default", {{"self", tensorArgument("b")}},
               "y");
  builder.output("y");
}

TEST(ImportProgramTest, TiedBuffersAreOne) {
  ProgramBuilder builder;
  twoBuffers(builder, 2, 2);
  EXPECT_THAT(builder.import(),
              AllOf(ContainsRegex("aten.buffer @a \"a\""),
                    ContainsRegex("%0 = aten.read_buffer @a.*\n"
                                  " +%1 = aten.add.Tensor %0, %arg0.*\n"
                                  " +%2 = aten.neg %1.*\n"
                                  " +aten.write_buffer @a, %1"),
                    Not(HasSubstr("aten.parameter"))));
}

TEST(ImportProgramTest, BuffersThatShareAPartAreRefused) {
  ProgramBuilder builder;
  twoBuffers(builder, 4, 2);
  EXPECT_THAT(builder.import(),
              HasSubstr("expected a buffer with memory of its own, but got "
                        "'a', which the program writes to and 'b' shares"));
}

TEST(ImportProgramTest, NumbersTakeTheirPlaceInArithmetic) {
  const auto import = [](const std::string &op, Argument self, Argument other) {
    ProgramBuilder builder;
    builder.input("x", {2});
    builder.tensor("y", {2});
    builder.call("torch.ops.aten." + op, {{"self", self}, {"other", other}},
                 "y");
    builder.output("y");
    return builder.import();
  };
  const Argument x = tensorArgument("x");
  EXPECT_THAT(import("add.Tensor", scalarArgument(2.5), x),
              HasSubstr("aten.add.Scalar %arg0 {alpha = 1 : i64, other = "
                        "2.500000e+00 : f64}"));
  EXPECT_THAT(import("sub.Tensor", scalarArgument(int64_t(2)), x),
              HasSubstr("aten.rsub.Scalar %arg0 {alpha = 1 : i64, other = 2"));
  EXPECT_THAT(import("div.Tensor", x, scalarArgument(2.0)),
              HasSubstr("aten.div.Scalar %arg0 {other = 2.0"));
  // No such overload: a 0-d tensor of the other's type.
  EXPECT_THAT(import("div.Tensor", scalarArgument(int64_t(1)), x),
              AllOf(HasSubstr("aten.parameter \"y.self\" dense<1.000000e+00> : "
                              "tensor<f32>"),
                    HasSubstr("aten.div.Tensor %0, %arg0")));
  EXPECT_THAT(import("maximum.default", x, scalarArgument(2.0)),
              HasSubstr("aten.maximum %arg0, %0"));
}

TEST(ImportProgramTest, ScalarCodeIsComputedOrBecomesArith) {
  ProgramBuilder builder;
  builder.input("x", {2, 3});
  SymInt dynamic;
  dynamic.expr = SymbolicExpr::symbol("s0");
  dynamic.hint = 2;
  builder.graph.tensorValues["x"].sizes[0] = dynamic;
  builder.program.symbolRanges["s0"] = {1, 8};
  for (const char *name : {"n", "three", "six", "product", "quotient"})
    builder.graph.symIntValues[name] = dynamic;
  builder.tensor("y", {2, 3});
  const auto size = [&](int64_t dim, const char *result) {
    builder.call("torch.ops.aten.sym_size.int",
                 {{"self", tensorArgument("x")}, {"dim", scalarArgument(dim)}},
                 result);
  };
  size(0, "n");
  size(1, "three");
  builder.call(
      "_operator.mul",
      {{"a", symbolArgument("three")}, {"b", scalarArgument(int64_t(2))}},
      "six");
  builder.call("_operator.mul",
               {{"a", symbolArgument("n")}, {"b", symbolArgument("six")}},
               "product");
  builder.call(
      "_operator.floordiv",
      {{"a", symbolArgument("product")}, {"b", scalarArgument(int64_t(4))}},
      "quotient");
  builder.call(
      "torch.ops.aten.mul.Tensor",
      {{"self", tensorArgument("x")}, {"other", symbolArgument("quotient")}},
      "y");
  builder.graph.tensorValues["y"].sizes[0] = dynamic;
  builder.output("y");
  EXPECT_THAT(
      builder.import(),
      AllOf(HasSubstr("aten.dims = [\"s0:1..8\", 3]"),
            ContainsRegex("%0 = aten.sym_size %arg0, 0"),
            ContainsRegex("arith.constant 6 : i64\n"
                          " +%[0-9]+ = arith.muli %0, %[a-z0-9_]+ : i64\n"),
            HasSubstr("arith.floordivsi"),
            HasSubstr("\"aten::mul.Scalar\"(%arg0, %2) {arguments = {other = "
                      "-9223372036854775808 : i64}")));
}

TEST(ImportProgramTest, OpenRangesAreBoundedOrReported) {
  ProgramBuilder builder;
  builder.input("x", {2});
  SymInt dynamic;
  dynamic.expr = SymbolicExpr::symbol("s0");
  builder.graph.tensorValues["x"].sizes[0] = dynamic;
  builder.program.symbolRanges["s0"] = {1, Interval::kMax};
  builder.output("x");
  EXPECT_THAT(builder.import(), HasSubstr("(%arg0: tensor<?xf32> {"));
  ImportOptions options;
  ASSERT_TRUE(succeeded(parseMaxDim("x[0]=5", options)));
  EXPECT_THAT(builder.import(options),
              HasSubstr("tensor<?xf32, #aten.bounds<[5]>>"));
  ImportOptions one;
  ASSERT_TRUE(succeeded(parseMaxDim("s0=1", one)));
  EXPECT_THAT(builder.import(one), HasSubstr("tensor<1xf32>"));
}

TEST(ImportProgramTest, OperatorsNobodyListsDoNotStopTheImport) {
  ProgramBuilder builder;
  builder.input("x", {2});
  builder.tensor("y", {2});
  builder.tensor("z", {2});
  builder.call("torch.ops.mine.frobnicate.default",
               {{"x", tensorArgument("x")}, {"k", scalarArgument(int64_t(3))}},
               "y");
  builder.call("torch.ops.aten.newer_than_the_table.default",
               {{"self", tensorArgument("y")}}, "z");
  builder.output("z");
  EXPECT_THAT(builder.import(),
              AllOf(HasSubstr("aten.operator \"mine::frobnicate\"(%arg0) "
                              "{arguments = {k = 3 : i64}"),
                    HasSubstr("\"aten::newer_than_the_table\"")));
}

/// A graph `relu(a)`, or `relu_(a)` in place.
std::shared_ptr<const Graph> nestedGraph(bool inPlace) {
  GraphBuilder builder;
  builder.tensor("a", {2});
  builder.tensor("r", {2});
  builder.graph.inputs = {tensorArgument("a")};
  builder.graph.outputs = {tensorArgument("r")};
  builder.call(inPlace ? "torch.ops.aten.relu_.default"
                       : "torch.ops.aten.relu.default",
               {{"self", tensorArgument("a")}}, "r");
  return std::make_shared<const Graph>(builder.graph);
}

std::string importWrapped(const std::string &op, std::vector<Argument> first,
                          bool inPlace) {
  ProgramBuilder builder;
  builder.input("x", {2});
  builder.tensor("y", {2});
  std::vector<std::pair<std::string, Argument>> arguments;
  for (Argument &argument : first)
    arguments.push_back({"", argument});
  arguments.push_back(
      {"", Argument{GraphArgument{"body", nestedGraph(inPlace)}}});
  arguments.push_back({"", tensorArgument("x")});
  builder.call("torch.ops.higher_order." + op, arguments, "y");
  builder.output("y");
  return builder.import();
}

TEST(ImportProgramTest, PlainWrappersAreInlined) {
  EXPECT_THAT(importWrapped("wrap_with_set_grad_enabled", {Argument{false}},
                            /*inPlace=*/true),
              AllOf(ContainsRegex("%0 = aten.relu %arg0.*\n +return %0, %0"),
                    Not(HasSubstr("higher_order"))));
  const Argument device{std::string("cpu")}, none{NoneArgument()};
  EXPECT_THAT(importWrapped("wrap_with_autocast",
                            {device, none, Argument{false}, none}, false),
              Not(HasSubstr("higher_order")));
  // With autocast the wrapper changes what is computed: kept, for lowering to
  // refuse.
  EXPECT_THAT(importWrapped("wrap_with_autocast",
                            {device, none, Argument{true}, none}, false),
              AllOf(HasSubstr("\"higher_order::wrap_with_autocast\"(%arg0)"),
                    HasSubstr("body = @body"),
                    HasSubstr("func.func private @body")));
}

TEST(ImportProgramTest, NestedGraphsMustNotWriteToTheirOperands) {
  EXPECT_THAT(importWrapped("map_impl", {}, /*inPlace=*/true),
              HasSubstr("expected a functional graph, but got a write to the "
                        "operand 'a' of a nested graph in r"));
}

TEST(ImportProgramTest, MissingArgumentsAreReported) {
  ProgramBuilder builder;
  builder.input("x", {2});
  builder.tensor("y", {2});
  builder.call("torch.ops.aten.mul.Tensor", {{"self", tensorArgument("x")}},
               "y");
  builder.output("y");
  EXPECT_THAT(
      builder.import(),
      StartsWith("error: expected argument 'other' of aten::mul.Tensor"));
}

TEST(ImportProgramTest, ClaimedShapesAreChecked) {
  ProgramBuilder builder;
  builder.input("x", {2, 3});
  builder.tensor("y", {3, 3});
  builder.call("torch.ops.aten.relu.default", {{"self", tensorArgument("x")}},
               "y");
  builder.output("y");
  EXPECT_THAT(builder.import(),
              HasSubstr("'aten.relu' op expected result type "
                        "'tensor<2x3xf32>', but got 'tensor<3x3xf32>'"));
}

} // namespace
} // namespace pt2e
