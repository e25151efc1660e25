#include "Recorded.h"

#include <cstdlib>
#include <cstring>

#include "pt2e/Runtime/Npy.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace pt2e::test {

static std::string readFile(StringRef name) {
  auto buffer = MemoryBuffer::getFile(PT2E_TEST_DATA "/numerics/" + name.str());
  if (!buffer)
    report_fatal_error("cannot read " + name);
  return (*buffer)->getBuffer().str();
}

Recorded::Recorded(StringRef name) : pack(readFile((name + ".npys").str())) {
  Expected<json::Value> value = json::parse(readFile((name + ".json").str()));
  if (!value)
    report_fatal_error(value.takeError());
  array = std::move(*value->getAsArray());
}

template <typename T>
static void append(Tensor &tensor, StringRef bytes, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    tensor.values.push_back(static_cast<double>(value));
  }
}

Tensor Recorded::tensor(const json::Value &offset) const {
  const StringRef npy = StringRef(pack).drop_front(*offset.getAsInteger());
  const absl::StatusOr<runtime::NpyHeader> header =
      runtime::parseNpyHeader(npy);
  if (!header.ok())
    report_fatal_error(Twine(header.status().ToString()));
  Tensor tensor;
  tensor.shape = header->shape;
  const size_t count = *runtime::countElements(tensor.shape);
  const StringRef data = npy.drop_front(header->dataOffset);
  switch (header->dtype) {
  case runtime::DType::F32:
    append<float>(tensor, data, count);
    break;
  case runtime::DType::F64:
    append<double>(tensor, data, count);
    break;
  case runtime::DType::I8:
    append<int8_t>(tensor, data, count);
    break;
  case runtime::DType::U8:
    append<uint8_t>(tensor, data, count);
    break;
  case runtime::DType::I16:
    append<int16_t>(tensor, data, count);
    break;
  case runtime::DType::I32:
    append<int32_t>(tensor, data, count);
    break;
  case runtime::DType::I64:
    append<int64_t>(tensor, data, count);
    break;
  default:
    report_fatal_error("no reader for " +
                       Twine(runtime::toString(header->dtype)));
  }
  return tensor;
}

std::vector<Tensor> Recorded::tensors(const json::Array *offsets) const {
  std::vector<Tensor> result;
  for (const json::Value &offset : *offsets)
    result.push_back(tensor(offset));
  return result;
}

double number(const json::Value *value) {
  if (std::optional<StringRef> text = value->getAsString())
    return std::strtod(text->str().c_str(), nullptr);
  return *value->getAsNumber();
}

std::vector<float> floats(const json::Array *values) {
  std::vector<float> result;
  for (const json::Value &value : *values)
    result.push_back(static_cast<float>(number(&value)));
  return result;
}

ObserverOptions optionsOf(const json::Object &object) {
  ObserverOptions options;
  options.spec.storage = *parseStorageType(object.getString("dtype")->str());
  if (auto min = object.getInteger("quant_min"))
    options.spec.codes =
        CodeRange{int32_t(*min), int32_t(*object.getInteger("quant_max"))};
  const StringRef scheme = *object.getString("qscheme");
  options.spec.scheme = scheme.contains("symmetric") ? Scheme::Symmetric
                        : scheme.contains("float")   ? Scheme::AffineFloat
                                                     : Scheme::Affine;
  if (const json::Value *eps = object.get("eps"); eps && eps->getAsString())
    options.spec.eps = static_cast<float>(number(eps));
  options.channelAxis = object.getInteger("ch_axis").value_or(0);
  if (const json::Value *constant = object.get("averaging_constant"))
    options.averagingConstant = static_cast<float>(number(constant));
  return options;
}

} // namespace pt2e::test
