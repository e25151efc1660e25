#include "Recorded.h"

#include <cstdlib>
#include <cstring>
#include <map>

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
  // Magic, version, length of the header, and a Python dict in it.
  StringRef npy = StringRef(pack).drop_front(*offset.getAsInteger());
  const size_t length = uint8_t(npy[8]) | uint8_t(npy[9]) << 8;
  const StringRef header = npy.substr(10, length);
  const StringRef data = npy.drop_front(10 + length);
  Tensor tensor;
  tensor.dtype = header.split("'descr': '").second.split('\'').first.str();
  StringRef shape = header.split("'shape': (").second.split(')').first;
  size_t count = 1;
  while (!shape.empty()) {
    auto [size, rest] = shape.split(',');
    shape = rest.trim();
    int64_t value;
    if (size.trim().getAsInteger(10, value))
      report_fatal_error("bad shape in " + header);
    tensor.shape.push_back(value);
    count *= value;
  }
  const std::map<std::string, void (*)(Tensor &, StringRef, size_t)> readers = {
      {"<f4", append<float>},   {"<f8", append<double>},
      {"|i1", append<int8_t>},  {"|u1", append<uint8_t>},
      {"<i2", append<int16_t>}, {"<i4", append<int32_t>},
      {"<i8", append<int64_t>},
  };
  readers.at(tensor.dtype)(tensor, data, count);
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
