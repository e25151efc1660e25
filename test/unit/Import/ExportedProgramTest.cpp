#include "pt2e/Import/ExportedProgram.h"
#include "Errors.h"
#include "ProgramText.h"
#include "lib/Import/TreeSpec.h"

#include <cmath>

using testing::ElementsAre;
using testing::HasSubstr;

namespace pt2e {
namespace {

using Changes = std::vector<std::pair<std::string, std::string>>;

llvm::Expected<ExportedProgram> parse(const Changes &changes = {}) {
  return parseExportedProgramJson(programText(changes), "m");
}

std::string error(const Changes &changes) { return message(parse(changes)); }

/// The value of an argument that comes in place of `other`.
llvm::Expected<Argument> argument(const std::string &text) {
  auto program =
      parse({{"{'as_tensor': {'name': 'p_w'}}, 'kind'", text + ", 'kind'"}});
  if (!program)
    return program.takeError();
  return *program->graph.nodes[0].findInput("other");
}

template <typename T>
T argumentValue(const std::string &text) {
  auto value = argument(text);
  if (!value) {
    ADD_FAILURE() << text << ": " << message(std::move(value));
    return T();
  }
  if (!value->is<T>()) {
    ADD_FAILURE() << text << ": is " << value->tag().str();
    return T();
  }
  // The tag comes back (but for those that are read as another).
  EXPECT_THAT(text, HasSubstr(value->tag().str()));
  return *value->as<T>();
}

TEST(ExportedProgramTest, ReadsTheSmallestProgram) {
  auto program = parse();
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  EXPECT_EQ(program->schema.major, 8);
  EXPECT_EQ(program->schema.minor, 20);
  EXPECT_EQ(program->torchVersion, "2.14.1");
  EXPECT_THAT(program->verifiers, ElementsAre("TRAINING"));
  EXPECT_EQ(program->opsetVersion.lookup("aten"), 10);
  ASSERT_EQ(program->graph.nodes.size(), 1u);
  const Node &node = program->graph.nodes[0];
  EXPECT_EQ(node.name, "add");
  EXPECT_EQ(node.op.kind, OperatorTarget::Kind::Operator);
  EXPECT_EQ(node.op.ns, "aten");
  EXPECT_EQ(node.op.op, "add");
  EXPECT_EQ(node.op.overload, "Tensor");
  EXPECT_EQ(node.inputs[0].kind, NamedArgument::Kind::Positional);
  EXPECT_EQ(node.findInput("alpha"), nullptr);
  EXPECT_THAT(node.resultNames(), ElementsAre("add"));
  EXPECT_EQ(program->inputSpecs[0].target, "w");
  EXPECT_EQ(program->inputSpecs[1].name, "x");
  EXPECT_EQ(program->graph.tensorValues["p_w"].dtype, ScalarType::Float32);
  EXPECT_TRUE(program->graph.tensorValues["p_w"].requiresGrad);
}

TEST(ExportedProgramTest, UnknownFieldsAreIgnoredAndNullsAreAbsent) {
  auto program =
      parse({{"'verifiers': ['TRAINING'],", "'new': {'a': [1, {'b': null}]},"},
             {"'kind': 1", "'kind': null, 'more': Infinity"},
             {"'metadata': {}", "'metadata': null, 'name': null"},
             {"'custom_obj_values': {}", "'custom_obj_values': null"},
             {"'torch_version': '2.14.1'", "'newer': 1"}});
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  EXPECT_EQ(program->torchVersion, "<=2.4");
  EXPECT_TRUE(program->verifiers.empty());
}

TEST(ExportedProgramTest, ReadsEveryKindOfArgument) {
  using Strings = std::vector<std::string>;
  EXPECT_EQ(argumentValue<int64_t>("{'as_int': 9223372036854775807}"),
            INT64_MAX);
  EXPECT_EQ(argumentValue<double>("{'as_float': -Infinity}"), -INFINITY);
  EXPECT_TRUE(std::isnan(argumentValue<double>("{'as_float': 'NaN'}")));
  EXPECT_EQ(argumentValue<double>("{'as_float': 1}"), 1.0);
  EXPECT_EQ(argumentValue<bool>("{'as_bool': true}"), true);
  EXPECT_EQ(argumentValue<std::string>("{'as_string': 'none'}"), "none");
  argumentValue<NoneArgument>("{'as_none': true}");
  EXPECT_EQ(argumentValue<TensorArgument>("{'as_tensor': {'name': 'x'}}").name,
            "x");
  EXPECT_EQ(argumentValue<Argument::TensorList>(
                "{'as_tensors': [{'name': 'x'}, {'name': 'p_w'}]}")[1]
                .name,
            "p_w");
  EXPECT_TRUE(
      argumentValue<Argument::TensorList>("{'as_tensors': []}").empty());
  EXPECT_THAT(argumentValue<std::vector<int64_t>>("{'as_ints': [1, -1]}"),
              ElementsAre(1, -1));
  EXPECT_THAT(argumentValue<std::vector<double>>("{'as_floats': [1, 0.5]}"),
              ElementsAre(1.0, 0.5));
  EXPECT_THAT(argumentValue<std::vector<bool>>("{'as_bools': [true, false]}"),
              ElementsAre(true, false));
  EXPECT_THAT(argumentValue<Strings>("{'as_strings': ['a', 'b']}"),
              ElementsAre("a", "b"));
  EXPECT_EQ(
      argumentValue<SymIntArgument>("{'as_sym_int': {'as_int': 3}}").value, 3);
  auto mixed = argumentValue<std::vector<SymIntArgument>>(
      "{'as_sym_ints': [{'as_name': 'x'}, {'as_int': -1}]}");
  EXPECT_TRUE(mixed[0].isName());
  EXPECT_EQ(mixed[1].value, -1);
  EXPECT_EQ(
      argumentValue<SymFloatArgument>("{'as_sym_float': {'as_float': 0.5}}")
          .value,
      0.5);
  EXPECT_EQ(
      argumentValue<SymBoolArgument>("{'as_sym_bool': {'as_name': 'x'}}").name,
      "x");
  argumentValue<std::vector<SymFloatArgument>>("{'as_sym_floats': []}");
  argumentValue<std::vector<SymBoolArgument>>("{'as_sym_bools': []}");
  EXPECT_EQ(argumentValue<ScalarType>("{'as_scalar_type': 13}"),
            ScalarType::BFloat16);
  EXPECT_EQ(argumentValue<MemoryFormat>("{'as_memory_format': 2}"),
            MemoryFormat::ChannelsLast);
  EXPECT_EQ(argumentValue<Layout>("{'as_layout': 7}"), Layout::Strided);
  EXPECT_EQ(argumentValue<Device>("{'as_device': {'type': 'cuda', 'index': 1}}")
                .index,
            1);
  auto optional = argumentValue<std::vector<OptionalTensorArgument>>(
      "{'as_optional_tensors': [{'as_none': true}, {'as_tensor': {'name': "
      "'x'}}]}");
  EXPECT_TRUE(optional[0].isNone());
  EXPECT_EQ(optional[1].name, "x");
  EXPECT_EQ(argumentValue<OperatorArgument>(
                "{'as_operator': 'torch.ops.aten.mm.default'}")
                .target,
            "torch.ops.aten.mm.default");
  EXPECT_EQ(
      argumentValue<ComplexArgument>("{'as_complex': {'real': 1, 'imag': 2}}")
          .imag,
      2);
  EXPECT_EQ(argumentValue<std::vector<std::vector<int64_t>>>(
                "{'as_int_lists': [[1], [2, 3]]}")[1][1],
            3);
  EXPECT_EQ(argumentValue<std::vector<std::vector<double>>>(
                "{'as_float_lists': [[], [0.5]]}")[1][0],
            0.5);
  EXPECT_EQ(argumentValue<std::vector<Argument::TensorList>>(
                "{'as_nested_tensors': [[{'name': 'x'}]]}")[0][0]
                .name,
            "x");
  EXPECT_EQ(argumentValue<std::vector<NamedArgument>>(
                "{'as_string_to_argument': {'k': {'as_int': 1}}}")[0]
                .name,
            "k");
  auto tensor = argument("{'as_optional_tensor': {'as_tensor': {'name': "
                         "'x'}}}");
  ASSERT_TRUE(bool(tensor));
  EXPECT_TRUE(tensor->is<TensorArgument>());
}

TEST(ExportedProgramTest, UnionsHaveExactlyOneKnownTag) {
  EXPECT_THAT(
      message(argument("{'as_int': 1, 'as_float': 2}")),
      HasSubstr("m: graph_module.graph.nodes[0].inputs[1].arg.as_float: "
                "expected one tag, but got a second"));
  EXPECT_THAT(message(argument("{}")),
              HasSubstr("inputs[1].arg: expected one tag, but got none"));
  EXPECT_THAT(message(argument("{'as_what': 1}")),
              HasSubstr("unknown tag 'as_what'"));
  EXPECT_THAT(message(argument("{'as_what': 1}")),
              HasSubstr("in node '?' of 'torch.ops.aten.add.Tensor'"));
  EXPECT_THAT(message(argument("{'$type': 'as_int', '$value': 1}")),
              HasSubstr("unknown tag '$type'"));
  EXPECT_THAT(message(argument("{'as_custom_obj': {'name': 'a'}}")),
              HasSubstr("objects of Python or C++"));
}

TEST(ExportedProgramTest, EnumsAreOfKnownNumbers) {
  for (const char *text : {"{'as_scalar_type': 14}", "{'as_scalar_type': 0}",
                           "{'as_scalar_type': -1}", "{'as_scalar_type': 36}",
                           "{'as_layout': 8}", "{'as_memory_format': 5}"})
    EXPECT_THAT(message(argument(text)), HasSubstr("unknown ")) << text;
  EXPECT_THAT(error({{"'layout': 7", "'layout': 1"}}),
              HasSubstr("tensor_values.p_w: expected the strided layout (7), "
                        "but got 1"));
}

TEST(ExportedProgramTest, OnlySchemaEightIsRead) {
  EXPECT_EQ(error({{"'major': 8", "'major': 8, 'patch': 1"}}), "");
  EXPECT_THAT(error({{"'major': 8", "'major': 9"}}),
              HasSubstr("schema_version: expected schema version 8.x, but got "
                        "9.20: export again with PyTorch 2.6 or later"));
  EXPECT_THAT(error({{"'major': 8, ", ""}}),
              HasSubstr("expected a field 'major'"));
}

TEST(ExportedProgramTest, FieldsWithoutDefaultMustCome) {
  for (auto [from, field] :
       {std::pair("'target'", "target"), std::pair("'nodes'", "nodes"),
        std::pair("'dtype'", "dtype"), std::pair("'sizes'", "sizes"),
        std::pair("'strides'", "strides"), std::pair("'arg'", "arg"),
        std::pair("'type': 'cpu'", "type"),
        std::pair("'parameter_name'", "parameter_name"),
        std::pair("'input_specs'", "input_specs"),
        std::pair("'graph_module'", "graph_module"),
        std::pair("'schema_version'", "schema_version")})
    EXPECT_THAT(
        error({{from, std::string(from) == "'type': 'cpu'" ? "'other': 'cpu'"
                                                           : "'other'"}}),
        HasSubstr("expected a field '" + std::string(field) + "'"));
}

TEST(ExportedProgramTest, TargetsOfUnknownFormsAreReportedTogether) {
  const std::string node =
      "{'target': 'math.sin', 'inputs': [], 'outputs': [], 'name': 'two'}, ";
  EXPECT_EQ(error({{"'nodes': [", "'nodes': [" + node},
                   {"torch.ops.aten.add.Tensor", "#mine:op"}}),
            "m: expected operators or scalar functions, but got 'math.sin' in "
            "node 'two', '#mine:op' in node 'add'");
  for (const char *target :
       {"torch.ops.aten.add", "torch.ops.aten.add.Tensor.x", "os.system", "",
        "torch.ops.higher_order.cond.default", "_operator.a.b",
        "torch.ops..add.Tensor", "aten::add"})
    EXPECT_FALSE(OperatorTarget::parse(target)) << target;
  EXPECT_EQ(OperatorTarget::parse("torch.ops.higher_order.cond")->kind,
            OperatorTarget::Kind::HigherOrder);
  EXPECT_EQ(OperatorTarget::parse("_operator.floordiv")->op, "floordiv");
  EXPECT_EQ(OperatorTarget::parse("torch.sym_max")->kind,
            OperatorTarget::Kind::Scalar);
}

TEST(ExportedProgramTest, ValuesAreDefinedOnceAndBeforeTheirUses) {
  EXPECT_EQ(error({{"{'as_tensor': {'name': 'x'}}, 'kind'",
                    "{'as_tensor': {'name': 'y'}}, 'kind'"}}),
            "m: nodes[0] 'add' of 'torch.ops.aten.add.Tensor': value 'y' is "
            "used before its definition");
  EXPECT_THAT(error({{"{'as_tensor': {'name': 'x'}}, 'kind'",
                      "{'as_tensor': {'name': 'add'}}, 'kind'"}}),
              HasSubstr("value 'add' is used before its definition"));
  EXPECT_THAT(error({{"'outputs': [{'as_tensor': {'name': 'add'}}],\n      "
                      "'metadata'",
                      "'outputs': [{'as_tensor': {'name': 'x'}}],\n      "
                      "'metadata'"}}),
              HasSubstr("value 'x' is defined twice"));
  EXPECT_THAT(error({{"'add': {'dtype'", "'other': {'dtype'"}}),
              HasSubstr("expected one type for value 'add', but got 0"));
  EXPECT_THAT(error({{"'sym_int_values': {}",
                      "'sym_int_values': {'x': {'as_int': 1}}"}}),
              HasSubstr("expected one type for value 'x', but got 2"));
  EXPECT_THAT(error({{"'name': 'x'", "'name': ''"}}),
              HasSubstr("expected the name of a value"));
}

TEST(ExportedProgramTest, TypesOfNoValueAreDropped) {
  auto program = parse({{"'sym_int_values': {}",
                         "'sym_int_values': {'unused': {'as_int': 1}}"}});
  ASSERT_TRUE(bool(program));
  EXPECT_TRUE(program->graph.symIntValues.empty());
  EXPECT_EQ(program->graph.tensorValues.size(), 3u);
}

TEST(ExportedProgramTest, SignatureAgreesWithTheGraph) {
  EXPECT_EQ(
      error({{"{'user_output': {'arg': {'as_tensor': {'name': 'add'}}}}", ""}}),
      "m: expected 1 output specs, but got 0");
  EXPECT_EQ(error({{"{'user_input': {'arg': {'as_tensor': {'name': 'x'}}}}",
                    "{'user_input': {'arg': {'as_tensor': {'name': 'y'}}}}"}}),
            "m: input spec 1: expected value 'x', but got 'y'");
  EXPECT_EQ(
      error({{"{'user_output': {'arg': {'as_tensor': {'name': 'add'}}}}",
              "{'buffer_mutation': {'arg': {'name': 'add'}, 'buffer_name': "
              "'b'}}"}}),
      "m: output spec 0: no input stands for 'b'");
  EXPECT_EQ(error({{"{'user_output': {'arg': {'as_tensor': {'name': 'add'}}}}",
                    "{'user_input_mutation': {'arg': {'name': 'add'}, "
                    "'user_input_name': 'x'}}"}}),
            "");
  EXPECT_THAT(error({{"'user_output'", "'loss_output'"}}),
              HasSubstr("programs that train are not read"));
  EXPECT_THAT(error({{"'user_output'", "'token'"}}), HasSubstr("tokens"));
  EXPECT_THAT(error({{"'user_input'", "'custom_obj'"}}),
              HasSubstr("objects of Python or C++"));
}

TEST(ExportedProgramTest, ConstantInputsKeepTheirValue) {
  auto program =
      parse({{"{'as_tensor': {'name': 'x'}}],", "{'as_bool': true}],"},
             {"{'as_tensor': {'name': 'x'}}, 'kind'",
              "{'as_tensor': {'name': 'p_w'}}, 'kind'"},
             {"{'user_input': {'arg': {'as_tensor': {'name': 'x'}}}}",
              "{'constant_input': {'name': 'flag', 'value': {'as_bool': "
              "true}}}"}});
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  const InputSpec &spec = program->inputSpecs[1];
  EXPECT_EQ(spec.kind, InputSpec::Kind::ConstantInput);
  EXPECT_EQ(spec.name, "flag");
  ASSERT_TRUE(spec.arg.is<bool>());
  EXPECT_TRUE(*spec.arg.as<bool>());
}

TEST(ExportedProgramTest, DimensionsMayBeExpressionsWithRanges) {
  std::string text = programText(
      {{"'range_constraints': {}", "'range_constraints': {'s0': {'min_val': "
                                   "2, 'max_val': 64}, '2*s0': {'min_val': 4, "
                                   "'max_val': null}, 'f(x)': {}}"}});
  std::string from = "\"x\": {\"dtype\": 7, \"sizes\": [{\"as_int\": 2}]";
  std::string to = "\"x\": {\"dtype\": 7, \"sizes\": [{\"as_expr\": "
                   "{\"expr_str\": \"Symbol('s0', integer=True)\", \"hint\": "
                   "{\"as_int\": 4}}}]";
  ASSERT_NE(text.find(from), std::string::npos);
  text.replace(text.find(from), from.size(), to);
  auto program = parseExportedProgramJson(text, "m");
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  const SymInt &size = program->graph.tensorValues["x"].sizes[0];
  EXPECT_FALSE(size.isStatic());
  EXPECT_EQ(size.hint, 4);
  EXPECT_EQ(size.expr.str(), "s0");
  EXPECT_EQ(program->rangeOf("s0"), (Interval{2, 64}));
  EXPECT_EQ(program->rangeOf("s1"), Interval());
  ASSERT_EQ(program->expressionRanges.size(), 1u);
  EXPECT_EQ(program->expressionRanges[0].first.str(), "2*s0");
  EXPECT_EQ(program->expressionRanges[0].second.lo, 4);
  EXPECT_FALSE(program->expressionRanges[0].second.isBoundedAbove());

  EXPECT_THAT(error({{"'range_constraints': {}",
                      "'range_constraints': {'s0': {'min_val': 3, 'max_val': "
                      "2}}"}}),
              HasSubstr("expected min_val <= max_val, but got [3, 2]"));
}

TEST(ExportedProgramTest, RefusesBadSizes) {
  EXPECT_THAT(
      error({{"'sizes': [{'as_int': 2}]", "'sizes': [{'as_int': -2}]"}}),
      HasSubstr("negative size or stride -2"));
  EXPECT_THAT(error({{"'sizes': [{'as_int': 2}]", "'sizes': []"}}),
              HasSubstr("expected 0 strides, but got 1"));
  std::string many = "'sizes': [{'as_int': 1}";
  for (int i = 0; i < 64; ++i)
    many += ", {'as_int': 1}";
  EXPECT_THAT(error({{"'sizes': [{'as_int': 2}]", many + "]"}}),
              HasSubstr("more than 64 dimensions"));
  EXPECT_THAT(error({{"'sizes': [{'as_int': 2}]",
                      "'sizes': [{'as_expr': {'expr_str': 'exec(1)'}}]"}}),
              HasSubstr("unknown function 'exec'"));
}

TEST(ExportedProgramTest, NestedGraphsAreScopesOfTheirOwn) {
  const std::string inner =
      "{'as_graph': {'name': 'body', 'graph': {'inputs': [{'as_tensor': "
      "{'name': 'x'}}], 'outputs': [{'as_tensor': {'name': 'OUT'}}], 'nodes': "
      "[], 'tensor_values': {'x': {'dtype': 7, 'sizes': [], 'strides': []}}, "
      "'sym_int_values': {}, 'sym_bool_values': {}}}}";
  std::string good = inner, bad = inner;
  good.replace(good.find("OUT"), 3, "x");
  bad.replace(bad.find("OUT"), 3, "p_w");
  auto graph = argumentValue<GraphArgument>(good);
  EXPECT_EQ(graph.name, "body");
  ASSERT_TRUE(graph.graph);
  EXPECT_EQ(graph.graph->tensorValues.size(), 1u);
  EXPECT_THAT(message(argument(bad)),
              HasSubstr("graph outputs: value 'p_w' is used before its "
                        "definition"));
}

TEST(ExportedProgramTest, LimitsNestingOfGraphsAndArguments) {
  std::string graph = "{'as_int': 1}";
  for (int i = 0; i < 17; ++i)
    graph = "{'as_graph': {'name': 'g', 'graph': {'inputs': [], 'outputs': "
            "[], 'nodes': [{'target': 'torch.ops.higher_order.cond', "
            "'inputs': [{'name': '', 'arg': " +
            graph + "}], 'outputs': []}]}}}";
  EXPECT_THAT(message(argument(graph)),
              HasSubstr("graphs nested deeper than 16"));
  std::string map = "{'as_int': 1}";
  for (int i = 0; i < 200; ++i)
    map = "{'as_string_to_argument': {'k': " + map + "}}";
  EXPECT_THAT(message(argument(map)), HasSubstr("nested deeper than 192"));
}

TEST(ExportedProgramTest, LimitsListsAndNodes) {
  std::string ints = "{'as_ints': [0";
  for (int i = 0; i < 4'000'000; ++i)
    ints += ",0";
  EXPECT_THAT(message(argument(ints + "]}")),
              HasSubstr("more than 4000000 list elements in all"));
  std::string nodes = "'nodes': [";
  for (int i = 0; i < 1'000'001; ++i)
    nodes += "{'target':'','inputs':[],'outputs':[]},";
  EXPECT_THAT(error({{"'nodes': [", nodes}}),
              HasSubstr("more than 1000000 nodes"));
}

TEST(ExportedProgramTest, LimitsValuesAndSize) {
  auto million = [](char prefix, const std::string &value) {
    std::string text;
    for (int i = 0; i < 1'000'000; ++i)
      text += (i ? ",'" : "'") + std::string(1, prefix) + std::to_string(i) +
              "':{'" + value + "}";
    return text;
  };
  EXPECT_THAT(
      error({{"'sym_int_values': {}",
              "'sym_int_values': {" + million('i', "as_int':0") + "}"},
             {"'sym_bool_values': {}",
              "'sym_bool_values': {" + million('b', "as_bool':true") + "}"}}),
      HasSubstr("more than 2000000 values"));
  // Refused by its size alone: nothing behind the first byte is read.
  EXPECT_EQ(message(parseExportedProgramJson(
                llvm::StringRef("{", (256 << 20) + 1), "m")),
            "m: more than 268435456 bytes of JSON");
}

TEST(ExportedProgramTest, RefusesKeysThatComeTwice) {
  EXPECT_THAT(error({{"'p_w': {'dtype'", "'x': {'dtype'"}}),
              HasSubstr("tensor_values: key 'x' comes twice"));
}

TEST(ExportedProgramTest, ProvenanceComesFromTheMetadata) {
  auto program = parse(
      {{"'metadata': {}",
        "'metadata': {'nn_module_stack': "
        "'L__self__,,m.Net;L__self__a,a.0,torch.nn.modules.conv.Conv2d;"
        "_empty,_empty,_empty', 'stack_trace': 'File \\\"net.py\\\", line 12, "
        "in forward\\n    x = self.a(x)\\n  File "
        "\\\"/usr/lib/python3/dist-packages/torch/nn/conv.py\\\", line 3, in "
        "forward\\n', 'torch_fn': 'x'}, 'name': 'conv'"}});
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  const Node &node = program->graph.nodes[0];
  EXPECT_EQ(node.name, "conv");
  ASSERT_EQ(node.provenance.modules.size(), 2u);
  EXPECT_EQ(node.provenance.modules[0].path, "");
  EXPECT_EQ(node.provenance.modules[0].type, "m.Net");
  EXPECT_EQ(node.provenance.modules[1].path, "a.0");
  EXPECT_EQ(node.provenance.file, "net.py");
  EXPECT_EQ(node.provenance.line, 12);
  EXPECT_EQ(node.provenance.function, "forward");
}

TEST(ExportedProgramTest, PathsOfOldProgramsAreMadeDotted) {
  std::string text = programText(
      {{"'metadata': {}", "'metadata': {'nn_module_stack': 'STACK'}"}});
  text.replace(text.find("STACK"), 5, "a,L['s'].a[0].b,t.B;x,L['s'],t.A");
  auto program = parseExportedProgramJson(text, "m");
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  const auto &modules = program->graph.nodes[0].provenance.modules;
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].path, "a.0.b");
  EXPECT_EQ(modules[1].path, "");
}

TEST(ExportedProgramTest, NamesOfInputsAndOutputsComeFromTheirTrees) {
  const std::string leaf =
      R"({\"type\": null, \"context\": null, \"children_spec\": []})";
  auto tree = [](std::string type, std::string context, std::string children) {
    return R"({\"type\": \")" + type + R"(\", \"context\": \")" + context +
           R"(\", \"children_spec\": [)" + children + "]}";
  };
  std::string args =
      tree("builtins.tuple", "null", tree("builtins.list", "null", leaf));
  std::string kwargs = tree("builtins.dict", "[]", "");
  std::string in =
      "[1, " + tree("builtins.tuple", "null", args + ", " + kwargs) + "]";
  std::string out = "[1, " +
                    tree("builtins.dict", R"([\\\"logits\\\"])",
                         tree("collections.namedtuple", "my.NT", leaf)) +
                    "]";
  auto program =
      parse({{"'module_call_graph': []",
              "'module_call_graph': [{'fqn': '', 'signature': {'in_spec': '" +
                  in + "', 'out_spec': '" + out +
                  "', 'forward_arg_names': ['images']}}], "
                  "'treespec_namedtuple_fields': {'my.NT': {'field_names': "
                  "['score']}}"}});
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  EXPECT_EQ(program->inputSpecs[1].name, "images[0]");
  EXPECT_EQ(program->outputSpecs[0].name, "logits.score");

  EXPECT_THAT(error({{"'module_call_graph': []",
                      "'module_call_graph': [{'fqn': '', 'signature': "
                      "{'in_spec': '[2, {}]'}}]"}}),
              HasSubstr("m: in_spec: [0]: expected pytree version 1"));
}

TEST(ExportedProgramTest, NamesThatTakeTooMuchMemoryAreLeftOut) {
  // A dict of a long key above a list of some leaves.
  auto count = [](size_t keySize, size_t leaves) -> size_t {
    const std::string leaf = R"({"type": null, "context": null})";
    std::string list = leaf;
    for (size_t i = 1; i < leaves; ++i)
      list += "," + leaf;
    std::string spec = R"([1, {"type": "builtins.dict", "context": "[\")" +
                       std::string(keySize, 'k') +
                       R"(\"]", "children_spec": [{"type": "builtins.list", )"
                       R"("context": "null", "children_spec": [)" +
                       list + "]}]}]";
    auto names = outputLeafNames(spec, FieldNames(), "m");
    if (!names) {
      ADD_FAILURE() << message(std::move(names));
      return 0;
    }
    return names->size();
  };
  EXPECT_EQ(count(1, 100), 100u);
  EXPECT_EQ(count(1 << 20, 2), 2u);
  EXPECT_EQ(count(1 << 20, 100), 0u);
}

} // namespace
} // namespace pt2e
