#include "GoldenCase.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Schema.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "pt2e/Import/Import.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace pt2e;
namespace json = llvm::json;

static std::string casesFolder() {
  return std::string(PT2E_TEST_DATA) + "/cases";
}

static json::Value readRoot(const std::string &name) {
  auto file = llvm::MemoryBuffer::getFile(caseFolder(name) + "/golden.json");
  return llvm::cantFail(json::parse((*file)->getBuffer()), "golden.json");
}

std::vector<std::string> pt2e::goldenCases() {
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(casesFolder())) {
    const std::string name = entry.path().filename().string();
    // Of some only the float outputs were recorded.
    if (readRoot(name).getAsObject()->get("groups"))
      names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string pt2e::caseFolder(const std::string &name) {
  return casesFolder() + "/" + name;
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

static std::vector<float> floats(const json::Value &list) {
  std::vector<float> values;
  for (const json::Value &value : *list.getAsArray())
    values.push_back(std::strtof(value.getAsString()->str().c_str(), nullptr));
  return values;
}

static std::vector<int32_t> integers(const json::Value &list) {
  std::vector<int32_t> values;
  for (const json::Value &value : *list.getAsArray())
    values.push_back(*value.getAsInteger());
  return values;
}

GoldenCase pt2e::readGoldenCase(const std::string &name) {
  const json::Value root = readRoot(name);
  const json::Object &object = *root.getAsObject();
  GoldenCase golden;
  for (const json::Value &value : *object.getArray("groups")) {
    const json::Object &entry = *value.getAsObject();
    GoldenGroup group;
    for (const json::Value &served : *entry.getArray("edges")) {
      const json::Array &pair = *served.getAsArray();
      group.edges.insert(edge(*pair[0].getAsString(), *pair[1].getAsArray()));
    }
    for (const json::Value &result : *entry.getArray("results"))
      group.edges.insert(result.getAsString()->str());
    group.scales = floats(*entry.get("scale"));
    group.zeroPoints = integers(*entry.get("zero_point"));
    golden.groups.push_back(std::move(group));
  }
  for (const json::Value &value : *object.getArray("dequantized")) {
    const json::Object &entry = *value.getAsObject();
    golden.readings[edge(*entry.getString("op"), *entry.getArray("arg"))] = {
        floats(*entry.get("scale")), integers(*entry.get("zero_point"))};
  }
  for (const json::Value &value : *object.getArray("weights")) {
    const json::Object &entry = *value.getAsObject();
    const std::string bytes = llvm::fromHex(*entry.getString("codes"));
    golden.weights[edge(*entry.getString("op"), *entry.getArray("arg"))] = {
        bytes.begin(), bytes.end()};
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
  const bool perChannel = name.find("__pc") != std::string::npos;
  PassManager passes(context);
  const std::string pipeline =
      "aten-simplify,pt2e-scalars-to-tensors,pt2e-annotate{compat=torchao "
      "recipe=static-int8" +
      std::string(perChannel ? "}" : "-per-tensor}");
  if (failed(parsePassPipeline(pipeline, passes)) ||
      failed(passes.run(*module)))
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
