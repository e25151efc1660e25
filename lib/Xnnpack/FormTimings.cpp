#include "pt2e/Xnnpack/FormTimings.h"

#include <cmath>

#include "pt2e/Import/Json.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace pt2e;
using namespace pt2e::xnn;
using llvm::StringRef;

static constexpr int64_t kVersion = 1;
static constexpr size_t kMaxBytes = size_t{16} << 20;

std::string FormTimings::json() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  // A line for an op, so that two files can be compared.
  os << "{\n  \"version\": " << kVersion
     << ",\n  \"cpu\": " << llvm::json::Value(cpu)
     << ",\n  \"threads\": " << threads << ",\n  \"microseconds\": [";
  StringRef separator = "\n";
  for (const auto &[op, timing] : ops) {
    os << separator
       << llvm::formatv("    {{\"op\": {0}, \"int8\": {1:f2}, \"float\": "
                        "{2:f2}}",
                        llvm::json::Value(op), timing.codes, timing.numbers);
    separator = ",\n";
  }
  os << "\n  ]\n}\n";
  return text;
}

namespace {
class TimingsReader {
public:
  TimingsReader(StringRef text, const std::string &fileName)
      : json(text, fileName, /*maxDepth=*/8) {
    json.reportLines();
  }

  llvm::Expected<FormTimings> read();

private:
  bool fail(const llvm::Twine &message) {
    error = (place + ": " + message).str();
    return false;
  }
  bool readFile();
  bool readOp();
  bool readTime(double &microseconds);

  JsonReader json;
  std::string place; ///< of the value that `fail` is about
  std::string error;
  FormTimings timings;
};
} // namespace

bool TimingsReader::readTime(double &microseconds) {
  place = json.place();
  return json.number(microseconds) &&
         ((std::isfinite(microseconds) && microseconds > 0) ||
          fail("expected microseconds above 0"));
}

bool TimingsReader::readOp() {
  const std::string start = json.place();
  std::string op;
  FormTiming timing;
  if (!json.object([&](StringRef key) {
        place = json.place();
        if (key == "op")
          return json.string(op);
        if (key == "int8")
          return readTime(timing.codes);
        if (key == "float")
          return readTime(timing.numbers);
        return fail("expected one of the keys op, int8, float, but got " +
                    quoted(key));
      }))
    return false;
  place = start;
  if (op.empty() || timing.codes == 0 || timing.numbers == 0)
    return fail("expected the keys op, int8 and float");
  return timings.ops.try_emplace(op, timing).second ||
         fail(quoted(op) + " comes twice");
}

bool TimingsReader::readFile() {
  int64_t version = 0;
  return json.object([&](StringRef key) {
    place = json.place();
    if (key == "version")
      return json.integer(version) &&
             (version == kVersion ||
              fail("expected version " + llvm::Twine(kVersion) + ", but got " +
                   llvm::Twine(version)));
    if (key == "cpu")
      return json.string(timings.cpu);
    if (key == "threads") {
      int64_t threads = 0;
      if (!json.integer(threads))
        return false;
      timings.threads = static_cast<int>(threads);
      return (threads >= 1 && threads <= 1024) ||
             fail("expected 1 to 1024 threads");
    }
    if (key == "microseconds")
      return json.array([&] { return readOp(); });
    return fail("expected one of the keys version, cpu, threads, "
                "microseconds, but got " +
                quoted(key));
  }) && json.end() &&
         ((version != 0 && !timings.cpu.empty()) ||
          (place = json.place(), fail("expected a version and a cpu")));
}

llvm::Expected<FormTimings> TimingsReader::read() {
  const bool done = readFile();
  llvm::Error fromReader = json.takeError();
  if (fromReader)
    return std::move(fromReader);
  if (!done)
    return llvm::createStringError(error);
  return std::move(timings);
}

llvm::Expected<FormTimings> FormTimings::parse(StringRef text,
                                               const std::string &fileName) {
  return TimingsReader(text, fileName).read();
}

llvm::Expected<FormTimings> FormTimings::read(const std::string &fileName) {
  auto file = llvm::MemoryBuffer::getFile(fileName, /*IsText=*/true);
  if (!file)
    return llvm::createStringError(fileName + ": " + file.getError().message());
  const StringRef text = (*file)->getBuffer();
  if (text.size() > kMaxBytes)
    return llvm::createStringError(fileName +
                                   ": expected at most 16 MiB, but got " +
                                   llvm::Twine(text.size()) + " bytes");
  return parse(text, fileName);
}
