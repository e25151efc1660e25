#include "pt2e/Import/Json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace pt2e {

static constexpr size_t kMaxKeys = 1'000'000;

std::string quoted(StringRef text) {
  constexpr size_t kMaxLength = 200;
  std::string result = "'";
  raw_string_ostream os(result);
  printEscapedString(text.take_front(kMaxLength), os);
  os << (text.size() > kMaxLength ? "...'" : "'");
  return result;
}

JsonReader::JsonReader(StringRef text, std::string context, unsigned maxDepth)
    : text(text), context(std::move(context)), maxDepth(maxDepth) {
  size_t offset = 0;
  if (!json::isUTF8(text, &offset)) {
    position = offset;
    fail("invalid UTF-8");
  }
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

std::string JsonReader::path() const {
  std::string result;
  raw_string_ostream os(result);
  for (const PathItem &item : items) {
    if (!item.key.data()) {
      os << '[' << item.index << ']';
      continue;
    }
    if (!result.empty())
      os << '.';
    printEscapedString(item.key.take_front(200), os);
  }
  return result;
}

std::string JsonReader::place() {
  skipSpace();
  // Lines are counted once, whatever is asked for.
  for (size_t end; (end = text.find('\n', lineStart)) < position; ++line)
    lineStart = end + 1;
  return context + ":" + std::to_string(line) + ":" +
         std::to_string(position - lineStart + 1);
}

bool JsonReader::fail(const Twine &message) {
  if (!error.empty())
    return false;
  std::string where = path();
  raw_string_ostream os(error);
  os << (reportsLines ? place() : context) << ": ";
  if (!where.empty())
    os << where << ": ";
  os << message;
  if (!reportsLines)
    os << " (at byte " << position << ")";
  return false;
}

void JsonReader::addNote(const Twine &note) {
  if (!error.empty())
    error += note.str();
}

Error JsonReader::takeError() {
  if (error.empty())
    return Error::success();
  return createStringError(inconvertibleErrorCode(), error);
}

bool JsonReader::expected(StringRef what) {
  StringRef got;
  switch (peek()) {
  case Kind::Null:
    got = "null";
    break;
  case Kind::Bool:
    got = "a boolean";
    break;
  case Kind::Number:
    got = "a number";
    break;
  case Kind::String:
    got = "a string";
    break;
  case Kind::Array:
    got = "an array";
    break;
  case Kind::Object:
    got = "an object";
    break;
  case Kind::Invalid:
    if (position >= text.size())
      got = "the end of the text";
    else
      return fail("expected " + what + ", but got " +
                  quoted(text.substr(position, 1)));
    break;
  }
  return fail("expected " + what + ", but got " + got);
}

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

void JsonReader::skipSpace() {
  while (position < text.size() &&
         (text[position] == ' ' || text[position] == '\n' ||
          text[position] == '\r' || text[position] == '\t'))
    ++position;
}

bool JsonReader::consume(StringRef token) {
  skipSpace();
  if (!text.substr(position).starts_with(token))
    return false;
  position += token.size();
  return true;
}

JsonReader::Kind JsonReader::peek() {
  skipSpace();
  if (position >= text.size() || !error.empty())
    return Kind::Invalid;
  switch (text[position]) {
  case 'n':
    return Kind::Null;
  case 't':
  case 'f':
    return Kind::Bool;
  case '"':
    return Kind::String;
  case '[':
    return Kind::Array;
  case '{':
    return Kind::Object;
  case '-':
  case 'I':
  case 'N':
    return Kind::Number;
  default:
    return isDigit(text[position]) ? Kind::Number : Kind::Invalid;
  }
}

/// Reads a string token; `raw` is what stands between the quotes.
bool JsonReader::rawString(StringRef &raw, bool &hasEscapes) {
  if (peek() != Kind::String)
    return expected("a string");
  size_t begin = position + 1, at = begin;
  hasEscapes = false;
  for (;; ++at) {
    if (at >= text.size())
      return fail("expected the end of a string, but got the end of the text");
    unsigned char c = text[at];
    if (c == '"')
      break;
    if (c < 0x20)
      return fail("unescaped control character in a string");
    if (c == '\\') {
      hasEscapes = true;
      ++at;
    }
  }
  raw = text.slice(begin, at);
  position = at + 1;
  return true;
}

bool JsonReader::unescape(StringRef raw, std::string &value) {
  value.clear();
  auto hexUnit = [&](size_t at, unsigned &unit) {
    return at + 4 <= raw.size() &&
           all_of(raw.substr(at, 4), [](char c) { return isHexDigit(c); }) &&
           !raw.substr(at, 4).getAsInteger(16, unit);
  };
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      size_t next = std::min(raw.find('\\', i), raw.size());
      value.append(raw.data() + i, next - i);
      i = next - 1;
      continue;
    }
    // A backslash is never the last: it would have hidden the closing quote.
    char c = raw[++i];
    switch (c) {
    case '"':
    case '\\':
    case '/':
      value += c;
      continue;
    case 'b':
      value += '\b';
      continue;
    case 'f':
      value += '\f';
      continue;
    case 'n':
      value += '\n';
      continue;
    case 'r':
      value += '\r';
      continue;
    case 't':
      value += '\t';
      continue;
    case 'u':
      break;
    default:
      return fail("invalid escape in a string");
    }
    unsigned code = 0, low = 0;
    if (!hexUnit(i + 1, code))
      return fail("invalid \\u escape in a string");
    i += 4;
    if (code >= 0xD800 && code < 0xE000) {
      if (code >= 0xDC00 || raw.substr(i + 1, 2) != "\\u" ||
          !hexUnit(i + 3, low) || low < 0xDC00 || low >= 0xE000)
        return fail("lone surrogate in a string");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      i += 6;
    }
    char buffer[UNI_MAX_UTF8_BYTES_PER_CODE_POINT];
    char *end = buffer;
    ConvertCodePointToUTF8(code, end);
    value.append(buffer, end);
  }
  return true;
}

/// Reads a number by JSON's grammar, or one of the three that are not in it.
bool JsonReader::numberToken(StringRef &token) {
  if (peek() != Kind::Number)
    return expected("a number");
  size_t at = position;
  auto digits = [&] {
    size_t begin = at;
    while (at < text.size() && isDigit(text[at]))
      ++at;
    return at > begin;
  };
  auto is = [&](StringRef characters) {
    return at < text.size() && characters.contains(text[at]);
  };
  if (is("-"))
    ++at;
  bool valid = true;
  if (text.substr(at).starts_with("Infinity")) {
    at += 8;
  } else if (at == position && text.substr(at).starts_with("NaN")) {
    at += 3;
  } else {
    bool leadingZero = is("0");
    size_t begin = at;
    valid = digits() && !(leadingZero && at > begin + 1);
    if (is(".")) {
      ++at;
      valid &= digits();
    }
    if (is("eE")) {
      ++at;
      if (is("+-"))
        ++at;
      valid &= digits();
    }
  }
  token = text.slice(position, at);
  if (!valid)
    return fail("expected a number, but got " + quoted(token));
  position = at;
  return true;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

bool JsonReader::string(std::string &value) {
  StringRef raw;
  bool hasEscapes = false;
  if (!rawString(raw, hasEscapes))
    return false;
  if (hasEscapes)
    return unescape(raw, value);
  value = raw.str();
  return true;
}

bool JsonReader::boolean(bool &value) {
  if (peek() != Kind::Bool)
    return expected("a boolean");
  value = text[position] == 't';
  if (!consume(value ? "true" : "false"))
    return fail("expected a boolean, but got " +
                quoted(text.substr(position, 5)));
  return true;
}

bool JsonReader::integer(int64_t &value) {
  StringRef token;
  if (peek() != Kind::Number)
    return expected("an integer");
  if (!numberToken(token))
    return false;
  auto [end, status] = std::from_chars(token.begin(), token.end(), value);
  if (status == std::errc::result_out_of_range)
    return fail("integer outside 64 bits: " + quoted(token));
  if (status != std::errc() || end != token.end())
    return fail("expected an integer, but got " + quoted(token));
  return true;
}

bool JsonReader::number(double &value) {
  StringRef token;
  if (peek() == Kind::String) {
    bool hasEscapes = false;
    if (!rawString(token, hasEscapes))
      return false;
    if (token != "Infinity" && token != "-Infinity" && token != "NaN")
      return fail("expected a number, but got the string " + quoted(token));
  } else if (!numberToken(token)) {
    return false;
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (token == "Infinity") {
    value = kInfinity;
  } else if (token == "-Infinity") {
    value = -kInfinity;
  } else if (token == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (std::from_chars(token.begin(), token.end(), value).ec !=
             std::errc()) {
    return fail("number outside the range of a double: " + quoted(token));
  }
  return true;
}

bool JsonReader::null() {
  if (peek() != Kind::Null)
    return false;
  if (!consume("null"))
    return fail("expected a value, but got " +
                quoted(text.substr(position, 4)));
  return true;
}

bool JsonReader::enter() {
  if (++depth > maxDepth)
    return fail("nested deeper than " + Twine(maxDepth));
  ++position;
  return true;
}

bool JsonReader::array(function_ref<bool()> element) {
  if (peek() != Kind::Array)
    return expected("an array");
  if (!enter())
    return false;
  items.push_back({StringRef(), 0});
  if (!consume("]")) {
    while (true) {
      if (!element() || !error.empty())
        return false;
      if (consume("]"))
        break;
      if (!consume(","))
        return expected("',' or ']'");
      ++items.back().index;
    }
  }
  items.pop_back();
  --depth;
  return true;
}

bool JsonReader::object(function_ref<bool(StringRef)> field) {
  if (peek() != Kind::Object)
    return expected("an object");
  if (!enter())
    return false;
  size_t firstKey = keys.size();
  if (!consume("}")) {
    while (true) {
      StringRef key;
      bool hasEscapes = false;
      if (!rawString(key, hasEscapes))
        return false;
      if (hasEscapes) {
        std::string text;
        if (!unescape(key, text))
          return false;
        key = StringRef(text).copy(escapedKeys);
      }
      // An empty key must not look like an index in the path.
      if (!key.data())
        key = "";
      keys.push_back(key);
      if (keys.size() - firstKey > kMaxKeys)
        return fail("more than " + Twine(kMaxKeys) + " keys in an object");
      if (!consume(":"))
        return expected("':'");
      items.push_back({key, 0});
      if (!field(key) || !error.empty())
        return false;
      items.pop_back();
      if (consume("}"))
        break;
      if (!consume(","))
        return expected("',' or '}'");
    }
  }
  if (!checkKeys(firstKey))
    return false;
  keys.resize(firstKey);
  --depth;
  return true;
}

bool JsonReader::checkKeys(size_t firstKey) {
  MutableArrayRef<StringRef> mine = MutableArrayRef(keys).drop_front(firstKey);
  if (mine.size() <= 1)
    return true;
  // By length first: cheap, and any order does.
  auto before = [](StringRef a, StringRef b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  };
  llvm::sort(mine, before);
  auto twice = std::adjacent_find(mine.begin(), mine.end());
  if (twice != mine.end())
    return fail("key " + quoted(*twice) + " comes twice");
  return true;
}

bool JsonReader::skip() {
  switch (peek()) {
  case Kind::Null:
    return null();
  case Kind::Bool: {
    bool value;
    return boolean(value);
  }
  case Kind::Number: {
    StringRef token;
    return numberToken(token);
  }
  case Kind::String: {
    StringRef raw;
    bool hasEscapes;
    return rawString(raw, hasEscapes);
  }
  case Kind::Array:
    return array([&] { return skip(); });
  case Kind::Object:
    return object([&](StringRef) { return skip(); });
  case Kind::Invalid:
    return expected("a value");
  }
  return false;
}

bool JsonReader::end() {
  skipSpace();
  if (!error.empty())
    return false;
  if (position != text.size())
    return fail("expected the end of the text, but got " +
                quoted(text.substr(position, 1)));
  return true;
}

} // namespace pt2e
