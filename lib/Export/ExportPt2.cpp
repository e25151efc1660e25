#include "pt2e/Export/ExportPt2.h"

#include "Decomposed.h"
#include "Dimensions.h"
#include "ProgramBuilder.h"
#include "ZipWriter.h"
#include "dialects/Aten/Constants.h"
#include "pt2e/InitAll.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace pt2e;

namespace {
/// The records of weights or constants, and the file that describes them.
class Payloads {
public:
  explicit Payloads(StringRef prefix) : prefix(prefix) {}

  LogicalResult add(const ExportedWeight &weight);
  void write(ZipWriter &zip, StringRef folder, StringRef config) const;

private:
  struct Entry {
    std::string name;
    size_t record;
    bool isParameter;
    TensorMeta meta;
  };

  StringRef prefix;
  std::vector<Entry> entries;
  std::vector<aten::ConstantData> records;
  llvm::DenseMap<Attribute, size_t> recordOf; ///< of tied weights
};
} // namespace

LogicalResult Payloads::add(const ExportedWeight &weight) {
  size_t record = records.size();
  // Small values are equal without being the same.
  if (isa<DenseResourceElementsAttr>(weight.value))
    record = recordOf.try_emplace(weight.value, record).first->second;
  if (record == records.size()) {
    FailureOr<aten::ConstantData> data = aten::constantData(weight.value);
    if (failed(data))
      return failure();
    records.push_back(std::move(*data));
  }
  std::vector<SymInt> sizes;
  for (int64_t size : weight.value.getShapedType().getShape())
    sizes.emplace_back().value = size;
  Entry entry{weight.name, record, weight.kind == InputSpec::Kind::Parameter,
              contiguousMeta(exportedType(weight.value.getElementType()),
                             std::move(sizes))};
  entry.meta.requiresGrad =
      entry.isParameter && isa<FloatType>(weight.value.getElementType());
  entries.push_back(std::move(entry));
  return success();
}

void Payloads::write(ZipWriter &zip, StringRef folder, StringRef config) const {
  for (const auto &[index, record] : llvm::enumerate(records))
    zip.add((folder + prefix + Twine(index)).str(), record.bytes());
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::json::OStream json(out);
  json.object([&] {
    json.attributeObject("config", [&] {
      for (const Entry &entry : entries)
        json.attributeObject(entry.name, [&] {
          json.attribute("path_name", (prefix + Twine(entry.record)).str());
          json.attribute("is_param", entry.isParameter);
          json.attribute("use_pickle", false);
          json.attributeBegin("tensor_meta");
          writeTensorMeta(entry.meta, json);
          json.attributeEnd();
        });
    });
  });
  zip.add((folder + config).str(), StringRef(text));
}

LogicalResult pt2e::exportPt2(ModuleOp module, llvm::raw_ostream &out) {
  // A copy of the ops; weights are not part of it.
  OwningOpRef<ModuleOp> copy(module.clone());
  if (failed(decomposeQuantized(*copy)))
    return failure();
  FailureOr<BuiltProgram> built = buildProgram(*copy);
  if (failed(built))
    return failure();
  Payloads weights("weight_"), constants("tensor_");
  for (const ExportedWeight &weight : built->weights)
    if (failed((weight.isConstant() ? constants : weights).add(weight)))
      return module.emitError("expected the values of '")
             << weight.name << "', but they are not in the module";
  std::string json;
  llvm::raw_string_ostream jsonStream(json);
  writeProgramJson(built->program, built->signature, jsonStream);

  ZipWriter zip(out);
  const std::string root = "program/";
  zip.add(root + "archive_format", StringRef("pt2"));
  zip.add(root + "archive_version", StringRef("0"));
  zip.add(root + "byteorder", StringRef("little"));
  zip.add(root + ".data/version", StringRef("6\n"));
  zip.add(root + "models/model.json", StringRef(json));
  weights.write(zip, root + "data/weights/", "model_weights_config.json");
  constants.write(zip, root + "data/constants/", "model_constants_config.json");
  zip.add(root + "data/sample_inputs/model.pt", StringRef());
  zip.finish();
  return success();
}

void pt2e::registerExportPt2() {
  registerExport("export-pt2", "write a program that torch.export.load reads",
                 exportPt2);
}
