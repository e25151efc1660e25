#include "pt2e/Import/ExportedProgram.h"
#include "GraphCheck.h"
#include "pt2e/Import/Archive.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace pt2e {

StringRef Argument::tag() const {
  // In the order of Value's alternatives.
  static constexpr StringRef kTags[] = {"as_none",
                                        "as_tensor",
                                        "as_tensors",
                                        "as_optional_tensors",
                                        "as_nested_tensors",
                                        "as_int",
                                        "as_ints",
                                        "as_int_lists",
                                        "as_float",
                                        "as_floats",
                                        "as_float_lists",
                                        "as_bool",
                                        "as_bools",
                                        "as_string",
                                        "as_strings",
                                        "as_sym_int",
                                        "as_sym_ints",
                                        "as_sym_float",
                                        "as_sym_floats",
                                        "as_sym_bool",
                                        "as_sym_bools",
                                        "as_scalar_type",
                                        "as_memory_format",
                                        "as_layout",
                                        "as_device",
                                        "as_graph",
                                        "as_operator",
                                        "as_complex",
                                        "as_string_to_argument"};
  static_assert(std::size(kTags) == std::variant_size_v<Value>);
  return kTags[value.index()];
}

std::optional<OperatorTarget> OperatorTarget::parse(StringRef target) {
  constexpr size_t kMaxLength = 1000;
  // Scalar functions that are not `_operator.<f>`.
  static constexpr StringRef kScalarFunctions[] = {
      "math.trunc",    "torch.sym_max",   "torch.sym_min",
      "torch.sym_not", "torch.sym_ite",   "torch.sym_float",
      "torch.sym_int", "torch._sym_sqrt", "torch.sym_sum"};
  auto isName = [](StringRef text) {
    return !text.empty() &&
           all_of(text, [](char c) { return isAlnum(c) || c == '_'; });
  };
  if (target.size() > kMaxLength)
    return std::nullopt;
  SmallVector<StringRef> parts;
  target.split(parts, '.');
  if (!all_of(parts, isName))
    return std::nullopt;
  OperatorTarget result;
  if ((parts.size() == 2 && parts[0] == "_operator") ||
      is_contained(kScalarFunctions, target)) {
    result.kind = Kind::Scalar;
    result.ns = parts[0].str();
    result.op = parts[1].str();
    return result;
  }
  if (!target.starts_with("torch.ops.") || parts.size() < 4)
    return std::nullopt;
  result.ns = parts[2].str();
  result.op = parts[3].str();
  bool isHigherOrder = parts[2] == "higher_order";
  if (parts.size() != (isHigherOrder ? 4 : 5))
    return std::nullopt;
  if (isHigherOrder) {
    result.kind = Kind::HigherOrder;
    return result;
  }
  result.overload = parts[4].str();
  return result;
}

const Argument *Node::findInput(StringRef name) const {
  for (const NamedArgument &input : inputs)
    if (input.name == name)
      return &input.arg;
  return nullptr;
}

std::vector<StringRef> Node::resultNames() const {
  std::vector<StringRef> names;
  for (const Argument &output : outputs) {
    if (auto *tensor = output.as<TensorArgument>())
      names.push_back(tensor->name);
    else if (auto *tensors = output.as<Argument::TensorList>())
      for (const TensorArgument &each : *tensors)
        names.push_back(each.name);
    else if (auto *scalar = output.as<SymIntArgument>())
      names.push_back(scalar->name);
    else if (auto *scalar = output.as<SymFloatArgument>())
      names.push_back(scalar->name);
    else if (auto *scalar = output.as<SymBoolArgument>())
      names.push_back(scalar->name);
  }
  erase_if(names, [](StringRef name) { return name.empty(); });
  return names;
}

Interval ExportedProgram::rangeOf(StringRef symbol) const {
  return symbolRanges.lookup(symbol);
}

const TensorPayload *ExportedProgram::findPayload(StringRef fqn) const {
  auto it = payloads.find(fqn);
  return it == payloads.end() ? nullptr : &it->second;
}

Expected<ExportedProgram> readExportedProgram(StringRef fileName,
                                              StringRef model) {
  auto archive = Archive::open(fileName);
  if (!archive)
    return archive.takeError();
  return readExportedProgram(std::move(*archive), model);
}

Expected<ExportedProgram>
readExportedProgram(std::shared_ptr<const Archive> archive, StringRef model) {
  Expected<std::string> name = archive->selectModel(model);
  if (!name)
    return name.takeError();
  Expected<ZipBytes> json = archive->readJson(*name);
  if (!json)
    return json.takeError();
  Expected<ExportedProgram> program = parseExportedProgramJson(
      json->text(), archive->fileName() + ": " + archive->jsonMember(*name));
  if (!program)
    return program.takeError();
  program->fileName = archive->fileName();
  program->modelName = *name;
  auto payloads = archive->readPayloads(*name);
  if (!payloads)
    return payloads.takeError();
  program->payloads = std::move(*payloads);
  if (Error error = checkPayloads(*program))
    return std::move(error);
  return program;
}

} // namespace pt2e
