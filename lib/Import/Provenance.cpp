#include "Provenance.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace pt2e {

/// Splits at `separator` where no bracket is open: paths may hold subscripts,
/// types `<locals>`.
static SmallVector<StringRef> splitOutside(StringRef text, char separator) {
  SmallVector<StringRef> parts;
  size_t begin = 0;
  unsigned open = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(' || text[i] == '[')
      ++open;
    else if ((text[i] == ')' || text[i] == ']') && open > 0)
      --open;
    else if (text[i] == separator && open == 0) {
      parts.push_back(text.slice(begin, i));
      begin = i + 1;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

/// `features.0` from `L['self'].features[0]`, which 2.6 writes where `self` has
/// another name.
static std::string dottedPath(StringRef path) {
  if (path.consume_front("L['")) {
    size_t end = path.find("']");
    path = end == StringRef::npos ? StringRef() : path.substr(end + 2);
  }
  std::string result;
  for (char c : path) {
    if (c == '[')
      result += '.';
    else if (c != ']' && c != '\'' && c != '"')
      result += c;
  }
  return StringRef(result).ltrim('.').str();
}

std::vector<ModuleScope> parseModuleStack(StringRef text) {
  constexpr size_t kMaxScopes = 256;
  std::vector<ModuleScope> result;
  for (StringRef entry : splitOutside(text, ';')) {
    SmallVector<StringRef> parts = splitOutside(entry, ',');
    // Nodes that PyTorch added itself have an entry of three times the same.
    if (parts.size() < 3 || parts[1] == parts[0] || result.size() == kMaxScopes)
      continue;
    result.push_back({dottedPath(parts[1]), parts[2].str()});
  }
  return result;
}

static bool isOwnFrame(StringRef file) {
  return file.starts_with("torch/") || file.starts_with("<") ||
         file.contains("-packages/torch/");
}

void parseStackTrace(StringRef text, Provenance &provenance) {
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  // Innermost last:   File "model.py", line 12, in forward
  for (StringRef line : reverse(lines)) {
    StringRef rest = line.ltrim(), number;
    if (!rest.consume_front("File \""))
      continue;
    StringRef file;
    std::tie(file, rest) = rest.split("\", line ");
    std::tie(number, rest) = rest.split(", in ");
    int64_t lineNumber = 0;
    if (isOwnFrame(file) || number.getAsInteger(10, lineNumber) ||
        lineNumber < 0)
      continue;
    provenance.file = file.str();
    provenance.line = lineNumber;
    provenance.function = rest.str();
    return;
  }
}

} // namespace pt2e
