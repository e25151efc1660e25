/// \file
/// A pull reader for JSON of unknown origin: no tree is built, the caller's
/// callbacks take each value where it stands.
///
/// Not llvm::json: exported programs hold bare `Infinity` and `NaN` tokens, and
/// llvm::json neither limits depth nor notices a key that comes twice.
#ifndef PT2E_IMPORT_JSON_H
#define PT2E_IMPORT_JSON_H

#include <cstdint>
#include <string>
#include <vector>

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/Error.h"

namespace pt2e {

/// `text` in single quotes for a message: control characters escaped, cut after
/// 200 bytes. Names in a file are written by whoever wrote the file.
std::string quoted(llvm::StringRef text);

/// Reads one JSON text front to back. Every function that reads returns false
/// on an error; the first error sticks, with the path and byte offset of the
/// value it is about.
///
/// Refused: nesting deeper than `maxDepth`, invalid UTF-8, lone surrogates,
/// integers outside int64, numbers outside f64, an object with a key twice or
/// with more than a million keys, anything after the value.
class JsonReader {
public:
  static constexpr unsigned kMaxDepth = 192;

  /// \param context  what an error begins with, e.g. `m.pt2:
  /// models/model.json`.
  JsonReader(llvm::StringRef text, std::string context,
             unsigned maxDepth = kMaxDepth);

  /// From here on errors say the line and column, `c.json:3:14: message`, not
  /// the byte: for files that people write.
  void reportLines() { reportsLines = true; }
  /// Where the next value begins: `c.json:3:14`.
  std::string place();

  enum class Kind { Null, Bool, Number, String, Array, Object, Invalid };
  /// What comes next; nothing is read.
  Kind peek();

  /// Calls `field` for each key; it must read the value. The key is valid as
  /// long as the reader.
  bool object(llvm::function_ref<bool(llvm::StringRef key)> field);
  /// Calls `element` for each element; it must read the value.
  bool array(llvm::function_ref<bool()> element);
  bool string(std::string &value);
  bool boolean(bool &value);
  /// A number without fraction and exponent.
  bool integer(int64_t &value);
  /// Any number, also `Infinity`, `-Infinity` and `NaN`, bare or as strings.
  bool number(double &value);
  /// Reads a null if there is one; true if so.
  bool null();
  /// Reads any value.
  bool skip();
  /// Nothing but white space is left.
  bool end();

  /// Records an error at the current value, and returns false. Later errors are
  /// ignored.
  bool fail(const llvm::Twine &message);
  /// Adds to the recorded error, e.g. in which node it is.
  void addNote(const llvm::Twine &note);

  /// The position, as in `graph.nodes[3].inputs`.
  std::string path() const;
  /// The recorded error, or success.
  llvm::Error takeError();

private:
  struct PathItem {
    llvm::StringRef key; ///< null data: an index
    size_t index;
  };

  void skipSpace();
  bool consume(llvm::StringRef token);
  bool expected(llvm::StringRef what);
  bool enter();
  bool rawString(llvm::StringRef &raw, bool &hasEscapes);
  bool unescape(llvm::StringRef raw, std::string &value);
  bool numberToken(llvm::StringRef &token);
  bool checkKeys(size_t firstKey);

  llvm::StringRef text;
  std::string context;
  unsigned maxDepth;
  bool reportsLines = false;
  size_t position = 0;
  /// Where the line that `place` said last begins, and its number.
  size_t lineStart = 0, line = 1;
  unsigned depth = 0;
  std::vector<PathItem> items;
  std::vector<llvm::StringRef> keys; ///< of all open objects
  llvm::BumpPtrAllocator escapedKeys;
  std::string error;
};

} // namespace pt2e

#endif // PT2E_IMPORT_JSON_H
