/// \file
/// The small structs and unions of PyTorch's export schema, from JSON.
#ifndef PT2E_LIB_IMPORT_SCHEMA_H
#define PT2E_LIB_IMPORT_SCHEMA_H

#include <string>
#include <vector>

#include "pt2e/Import/ExportedProgram.h"
#include "pt2e/Import/Json.h"

#include "llvm/ADT/StringMap.h"

namespace pt2e {

/// Largest JSON text that is read, in bytes.
constexpr uint64_t kMaxJsonBytes = 256 << 20;

/// Reads what graphs and payload configurations have in common. As everywhere
/// in the schema: unknown fields of a struct are skipped, unknown tags of a
/// union and numbers of an enum are errors. Functions return false on an error,
/// which is in the reader.
class SchemaReader {
public:
  explicit SchemaReader(JsonReader &in) : in(in) {}

  bool scalarType(ScalarType &type);
  bool layout(Layout &layout);
  bool memoryFormat(MemoryFormat &format);
  bool device(Device &device);
  bool optionalInteger(std::optional<int64_t> &value);
  bool expression(SymbolicExpr &expr, std::optional<int64_t> &hint);
  bool symInt(SymInt &value);
  bool tensorMeta(TensorMeta &meta);
  /// A non-empty name of a value.
  bool valueName(std::string &name);
  /// A struct with `name`; other fields are skipped.
  bool named(std::string &name);

  /// An object with exactly one key; `branch` reads its value.
  bool unionOf(llvm::function_ref<bool(llvm::StringRef tag)> branch);
  bool unknownTag(llvm::StringRef tag);
  /// \param present  whether a field that has no default came.
  bool require(bool present, llvm::StringRef field);

  /// A list; `read` reads one element into its argument.
  template <typename T, typename Read>
  bool list(std::vector<T> &values, Read read) {
    return in.array([&] {
      if (++listElements > kMaxListElements)
        return in.fail("more than " + llvm::Twine(kMaxListElements) +
                       " list elements in all");
      values.emplace_back();
      return read(values.back());
    });
  }
  bool integers(std::vector<int64_t> &values);
  bool strings(std::vector<std::string> &values);

protected:
  static constexpr size_t kMaxListElements = 4'000'000;
  static constexpr size_t kMaxRank = 64;

  JsonReader &in;

private:
  size_t listElements = 0;
  llvm::StringMap<SymbolicExpr> expressions; ///< by text: few differ
};

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_SCHEMA_H
