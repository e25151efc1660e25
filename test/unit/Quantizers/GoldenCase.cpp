#include "GoldenCase.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Schema.h"
#include "lib/Quantizers/SitesView.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "pt2e/Import/Import.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pt2e;
namespace json = llvm::json;

static std::string dataFolder(const char *name) {
  return std::string(PT2E_TEST_DATA) + "/" + name;
}

static json::Value readRoot(const std::string &name) {
  std::string path = dataFolder("golden") + "/" + name + ".json";
  if (!std::filesystem::exists(path))
    path = caseFolder(name) + "/golden.json";
  auto file = llvm::MemoryBuffer::getFile(path);
  return llvm::cantFail(json::parse((*file)->getBuffer()), "golden.json");
}

/// They record what the reference does wrong: GoldenDefectsTest.cpp.
static const std::set<std::string> kDefects = {
    "nested__name_a", "nested__name_a_conv", "nested__type_sub"};

std::vector<std::string> pt2e::goldenCases() {
  std::vector<std::string> names;
  for (const char *folder : {"cases", "golden"})
    for (const auto &entry :
         std::filesystem::directory_iterator(dataFolder(folder))) {
      const std::string name = entry.path().stem().string();
      // Of some only the float outputs were recorded.
      if (!kDefects.count(name) && readRoot(name).getAsObject()->get("groups"))
        names.push_back(name);
    }
  std::sort(names.begin(), names.end());
  return names;
}

std::string pt2e::configOf(const std::string &name) {
  return name.substr(name.find("__") + 2);
}

std::string pt2e::caseFolder(const std::string &name) {
  const std::string own = dataFolder("cases") + "/" + name;
  if (std::filesystem::exists(own))
    return own;
  // The same program with another configuration.
  const bool isDynamic =
      name.size() > 5 && name.substr(name.size() - 5) == "_dynb";
  return dataFolder("cases") + "/" + name.substr(0, name.find("__")) +
         (isDynamic ? "__pc_dynb" : "__pc");
}

//===----------------------------------------------------------------------===//
// Reading golden.json; a malformed one ends the test program
//===----------------------------------------------------------------------===//

/// "add" and [0] is "add[0]", "cat" and [0, 1] "cat[0,1]".
static Edge edge(StringRef op, const json::Array &path) {
  std::string text = op.str() + "[";
  for (const json::Value &index : path)
    text +=
        (text.back() == '[' ? "" : ",") + std::to_string(*index.getAsInteger());
  return text + "]";
}

std::vector<float> pt2e::goldenFloats(const json::Value &list) {
  std::vector<float> values;
  for (const json::Value &value : *list.getAsArray())
    values.push_back(std::strtof(value.getAsString()->str().c_str(), nullptr));
  return values;
}

/// Integers, or real numbers as text.
static std::vector<float> numbers(const json::Value &list) {
  std::vector<float> values;
  for (const json::Value &value : *list.getAsArray())
    values.push_back(
        value.getAsString()
            ? std::strtof(value.getAsString()->str().c_str(), nullptr)
            : static_cast<float>(*value.getAsInteger()));
  return values;
}

Edge pt2e::goldenEdge(const json::Object &entry) {
  return edge(*entry.getString("op"), *entry.getArray("arg"));
}

GoldenReading pt2e::goldenReading(const json::Object &entry) {
  const json::Array &codes = *entry.getArray("codes");
  return {goldenFloats(*entry.get("scale")), numbers(*entry.get("zero_point")),
          *codes[0].getAsInteger(), *codes[1].getAsInteger()};
}

std::vector<int8_t> pt2e::goldenCodes(StringRef text) {
  const std::string bytes = llvm::fromHex(text);
  return {bytes.begin(), bytes.end()};
}

GoldenCase pt2e::readGoldenCase(const std::string &name) {
  const json::Value root = readRoot(name);
  const json::Object &object = *root.getAsObject();
  GoldenCase golden;
  for (const json::Value &value : *object.getArray("groups")) {
    const json::Object &entry = *value.getAsObject();
    std::set<Edge> &edges = golden.groups.emplace_back();
    for (const json::Value &served : *entry.getArray("edges")) {
      const json::Array &pair = *served.getAsArray();
      edges.insert(edge(*pair[0].getAsString(), *pair[1].getAsArray()));
    }
    for (const json::Value &result : *entry.getArray("results"))
      edges.insert(result.getAsString()->str());
  }
  for (const json::Value &value : *object.getArray("dequantized")) {
    const json::Object &entry = *value.getAsObject();
    golden.readings[goldenEdge(entry)] = goldenReading(entry);
  }
  for (const json::Value &value : *object.getArray("weights")) {
    const json::Object &entry = *value.getAsObject();
    golden.weights[goldenEdge(entry)] = goldenCodes(*entry.getString("codes"));
  }
  return golden;
}

//===----------------------------------------------------------------------===//
// Our program
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> pt2e::annotateCase(const std::string &name,
                                         MLIRContext *context) {
  OwningOpRef<ModuleOp> module =
      importPt2(caseFolder(name) + "/model.pt2", context);
  if (!module)
    return nullptr;
  std::unique_ptr<quantizer::Quantizer> quantizer =
      goldenQuantizer(configOf(name));
  PassManager passes(context);
  if (!quantizer ||
      failed(
          parsePassPipeline("aten-simplify,pt2e-scalars-to-tensors", passes)) ||
      failed(passes.run(*module)))
    return nullptr;
  GraphView graph(module->lookupSymbol<func::FuncOp>("forward"));
  quantizer->annotate(graph);
  if (failed(graph.commit()) || failed(prepareSites(*quantizer, graph)))
    return nullptr;
  return module;
}

Edge pt2e::edgeOf(Operation *op, unsigned index) {
  if (isa<func::ReturnOp>(op))
    return "output[0," + std::to_string(index) + "]";
  const aten::Schema *schema = aten::lookupSchema(aten::schemaName(op));
  if (!schema)
    return "";
  const std::string name = aten::exportedName(op->getLoc()).str();
  for (auto [position, argument] : llvm::enumerate(schema->arguments)) {
    if (argument.kind != aten::SchemaArgument::Kind::Tensor)
      continue;
    const OperandRange range = aten::tensorArgument(op, argument.name);
    if (range.empty() || index < range.getBeginOperandIndex() ||
        index >= range.getBeginOperandIndex() + range.size())
      continue;
    std::string path = name + "[" + std::to_string(position);
    if (argument.isList)
      path += "," + std::to_string(index - range.getBeginOperandIndex());
    return path + "]";
  }
  return "";
}

template <typename T>
static std::vector<float> elements(ElementsAttr constant) {
  FailureOr<aten::ConstantData> data = aten::constantData(constant);
  EXPECT_TRUE(succeeded(data));
  return {data->as<T>().begin(), data->as<T>().end()};
}

GoldenReading pt2e::readingOf(DequantizeOp dequantize) {
  const EncodingAttr encoding = dequantize.getEncoding();
  GoldenReading reading;
  reading.quantMin = encoding.getQuantMin();
  reading.quantMax = encoding.getQuantMax();
  ElementsAttr scale = aten::constantOf(dequantize.getScale());
  if (!scale)
    return reading;
  reading.scales = elements<float>(scale);
  reading.zeroPoints.assign(reading.scales.size(), 0);
  if (Value zeroPoint = dequantize.getZeroPoint()) {
    ElementsAttr constant = aten::constantOf(zeroPoint);
    reading.zeroPoints = constant.getElementType().isF32()
                             ? elements<float>(constant)
                             : elements<int32_t>(constant);
  }
  return reading;
}

std::vector<int8_t> pt2e::codesOf(DequantizeOp dequantize) {
  ElementsAttr constant = aten::constantOf(dequantize.getInput());
  if (!constant)
    return {};
  FailureOr<aten::ConstantData> codes = aten::constantData(constant);
  EXPECT_TRUE(succeeded(codes));
  const ArrayRef<int8_t> values = codes->as<int8_t>();
  return {values.begin(), values.end()};
}
