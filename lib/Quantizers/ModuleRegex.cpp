#include "ModuleRegex.h"

#include <algorithm>
#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "pt2e/Import/Json.h"
#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;
using pt2e::quantizer::kMaxRegexSize;

namespace {
/// Largest count of a repeat in POSIX.
constexpr int kMaxRepeat = 255;

/// The start or the end of a word.
constexpr StringRef kWordEnd = "([[:<:]]|[[:>:]])";

using ByteSet = std::bitset<128>;

/// Writes an expression of Python as a POSIX extended one.
class Translation {
public:
  explicit Translation(StringRef pattern) : rest(pattern) {}

  /// False, with `error` set, if there is none.
  bool run();

  std::string posix, error;

private:
  /// What is between parentheses, or the whole.
  struct Level {
    size_t size = 0;     ///< atoms so far, repeats written out
    size_t lastSize = 0; ///< of the last term
    bool isRepeatable = false;
    bool isEmpty = true; ///< the alternative that is being read
  };

  bool fail(const llvm::Twine &message) {
    if (error.empty())
      error = message.str();
    return false;
  }
  char take() {
    const char letter = rest.front();
    rest = rest.drop_front();
    return letter;
  }
  Level &level() { return levels.back(); }

  bool readTerm();
  bool openGroup();
  bool closeGroup();
  void closeAlternative();
  bool readEscape();
  bool readSet();
  std::optional<ByteSet> readSetItem();
  bool readRepeat();
  bool addAtom(StringRef text, size_t size = 1);
  bool addSet(ByteSet set);
  bool addAnchor(StringRef text);

  StringRef rest;
  std::vector<Level> levels{Level()};
};

ByteSet rangeOf(char first, char last) {
  ByteSet set;
  for (size_t byte = first; byte <= static_cast<size_t>(last); ++byte)
    set.set(byte);
  return set;
}

char smallest(ByteSet set) {
  char byte = 0;
  while (!set.test(byte))
    ++byte;
  return byte;
}

/// What `\d`, `\w`, `\s` and their opposites mean; nothing for other letters.
std::optional<ByteSet> classOf(char letter) {
  ByteSet set;
  switch (llvm::toLower(letter)) {
  case 'd':
    set = rangeOf('0', '9');
    break;
  case 'w':
    set = rangeOf('a', 'z') | rangeOf('A', 'Z') | rangeOf('0', '9');
    set.set('_');
    break;
  case 's':
    set = rangeOf('\t', '\r');
    set.set(' ');
    break;
  default:
    return std::nullopt;
  }
  return llvm::isUpper(letter) ? ~set : set;
}

bool Translation::addAtom(StringRef text, size_t size) {
  posix += text;
  Level &in = level();
  in.isEmpty = false;
  in.isRepeatable = true;
  in.lastSize = size;
  in.size += size;
  return in.size <= kMaxRegexSize || fail("it is too large");
}

/// LLVM's matcher looks at one anchor only behind the end of a word.
bool Translation::addAnchor(StringRef text) {
  if (StringRef(posix).ends_with(kWordEnd))
    return fail("'\\b' in front of another anchor is not supported");
  posix += text;
  level().isEmpty = level().isRepeatable = false;
  return true;
}

/// In POSIX a set begins with its ']' and ends with its '-'; '[' and '^' have
/// no other meaning before those.
bool Translation::addSet(ByteSet set) {
  set.reset(0);
  if (set.none())
    return fail("a set is empty");
  if (set.count() == 1 && set.test('^'))
    return addAtom("\\^");
  std::string text = "[";
  if (set.test(']'))
    text += ']';
  for (size_t byte = 1; byte < set.size(); ++byte)
    if (set.test(byte) && !StringRef("][^-").contains(byte))
      text += static_cast<char>(byte);
  for (char last : StringRef("[^-"))
    if (set.test(last))
      text += last;
  return addAtom(text + "]");
}

std::optional<ByteSet> Translation::readSetItem() {
  auto one = [](char letter) { return rangeOf(letter, letter); };
  char letter = take();
  if (letter == '\\' && !rest.empty()) {
    letter = take();
    if (std::optional<ByteSet> known = classOf(letter))
      return known;
    const size_t control = StringRef("tnvfr").find(letter);
    if (control != StringRef::npos)
      return one("\t\n\v\f\r"[control]);
    if (llvm::isAlnum(letter)) {
      fail("'\\" + llvm::Twine(letter) + "' in a set is not supported");
      return std::nullopt;
    }
  }
  if (!llvm::isASCII(letter)) {
    fail("a set holds more than ASCII");
    return std::nullopt;
  }
  return one(letter);
}

bool Translation::readSet() {
  // The '[' is taken.
  const bool isNegated = rest.consume_front("^");
  ByteSet set;
  for (bool isFirst = true;; isFirst = false) {
    if (rest.empty())
      return fail("a set is not closed");
    if (!isFirst && rest.consume_front("]"))
      break;
    const std::optional<ByteSet> first = readSetItem();
    if (!first)
      return false;
    set |= *first;
    if (!rest.starts_with("-") || rest.starts_with("-]") || rest.size() < 2)
      continue;
    take();
    const std::optional<ByteSet> last = readSetItem();
    if (!last)
      return false;
    if (first->count() != 1 || last->count() != 1 ||
        smallest(*first) > smallest(*last))
      return fail("a range in a set has wrong ends");
    set |= rangeOf(smallest(*first), smallest(*last));
  }
  return addSet(isNegated ? ~set : set);
}

bool Translation::readEscape() {
  // The '\' is taken.
  if (rest.empty())
    return fail("it ends with '\\'");
  const char letter = take();
  if (std::optional<ByteSet> known = classOf(letter))
    return addSet(*known);
  switch (letter) {
  case 'b':
    return addAnchor(kWordEnd);
  case 'A':
    return addAnchor("^");
  case 'Z':
    return addAnchor("$");
  default:
    break;
  }
  if (llvm::isAlnum(letter))
    return fail("'\\" + llvm::Twine(letter) + "' is not supported");
  if (!llvm::isASCII(letter))
    return addAtom(StringRef(&letter, 1));
  return addSet(rangeOf(letter, letter));
}

bool Translation::openGroup() {
  // The '(' is taken.
  if (rest.consume_front("?P<")) {
    const size_t end = rest.find('>');
    if (end == rest.npos)
      return fail("the name of a group is not closed");
    rest = rest.drop_front(end + 1);
  } else if (!rest.consume_front("?:") && rest.starts_with("?")) {
    return fail("groups '(" + rest.take_front(2) + "' are not supported");
  }
  posix += '(';
  levels.emplace_back();
  return true;
}

/// POSIX has no empty alternatives, but empty groups.
void Translation::closeAlternative() {
  if (level().isEmpty)
    posix += "()";
}

bool Translation::closeGroup() {
  if (levels.size() == 1)
    return fail("a ')' closes nothing");
  closeAlternative();
  const size_t size = level().size;
  levels.pop_back();
  return addAtom(")", size);
}

/// The repeat behind a term, if there is one. Whether it is lazy makes no
/// difference to whether the whole matches.
bool Translation::readRepeat() {
  int low = 0, high = -1;
  std::string text(1, rest.front());
  if (rest.starts_with("{")) {
    StringRef inside =
        rest.drop_front().take_until([](char c) { return c == '}'; });
    auto [first, second] = inside.split(',');
    const bool isOne = !inside.contains(',');
    const bool isBound =
        rest.size() > inside.size() + 1 && inside != "" && inside != "," &&
        inside.find_first_not_of("0123456789,") == inside.npos &&
        !second.contains(',');
    if (!isBound) // a brace like any other letter
      return take() && addAtom("\\{");
    if ((!first.empty() && first.getAsInteger(10, low)) ||
        (!second.empty() && second.getAsInteger(10, high)) ||
        std::max(low, high) > kMaxRepeat)
      return fail("it repeats more than " + llvm::Twine(kMaxRepeat) + " times");
    if (isOne)
      high = low;
    if (high >= 0 && high < low)
      return fail("a repeat has wrong ends");
    text = "{" + std::to_string(low) +
           (high < 0 ? ",}" : "," + std::to_string(high) + "}");
    rest = rest.drop_front(inside.size() + 1);
  }
  take();
  Level &in = level();
  if (!in.isRepeatable)
    return fail("there is nothing to repeat");
  if (!rest.consume_front("?") && rest.starts_with("+"))
    return fail("possessive repeats are not supported");
  posix += text;
  in.isRepeatable = false;
  in.size += in.lastSize * std::max({low, high, 1});
  return in.size <= kMaxRegexSize || fail("it is too large");
}

bool Translation::readTerm() {
  if (StringRef("*+?{").contains(rest.front()))
    return readRepeat();
  const char letter = take();
  switch (letter) {
  case '\\':
    return readEscape();
  case '[':
    return readSet();
  case '(':
    return openGroup();
  case ')':
    return closeGroup();
  case '|':
    closeAlternative();
    posix += '|';
    level().isEmpty = true;
    level().isRepeatable = false;
    return true;
  case '^':
  case '$':
    return addAnchor(StringRef(&letter, 1));
  case '}':
    return addAtom("\\}");
  case 0:
    return fail("it holds a character 0");
  default:
    return addAtom(StringRef(&letter, 1));
  }
}

bool Translation::run() {
  while (!rest.empty())
    if (!readTerm())
      return false;
  if (levels.size() > 1)
    return fail("a '(' is not closed");
  closeAlternative();
  return true;
}
} // namespace

llvm::Expected<llvm::Regex>
pt2e::quantizer::compileModuleRegex(StringRef pattern) {
  Translation translation(pattern);
  std::string why;
  if (translation.run()) {
    llvm::Regex regex("^(" + translation.posix + ")");
    if (regex.isValid(why))
      return std::move(regex);
  } else {
    why = translation.error;
  }
  return llvm::createStringError(
      "expected a regular expression as Python's re has them, but got " +
      quoted(pattern) + ": " + why);
}
