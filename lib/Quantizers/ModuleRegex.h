/// \file
/// Regular expressions of module paths, as users of PyTorch write them.
#ifndef LIB_QUANTIZERS_MODULEREGEX_H
#define LIB_QUANTIZERS_MODULEREGEX_H

#include "llvm/Support/Error.h"
#include "llvm/Support/Regex.h"

namespace pt2e::quantizer {

/// Reads `pattern` as Python's `re` does, to be matched as `re.match` does: at
/// the start of the text. Takes literals, `.`, sets, groups, alternatives,
/// greedy and lazy repeats, `^ $ \A \Z \b \d \D \w \W \s \S` in ASCII.
///
/// \returns an error, one sentence, for what this is no expression of, or what
///          cannot be matched in linear time: references and lookaround. So
///          for one of more than `kMaxRegexSize` atoms, repeats written out.
llvm::Expected<llvm::Regex> compileModuleRegex(llvm::StringRef pattern);

constexpr size_t kMaxRegexSize = 2000;

} // namespace pt2e::quantizer

#endif // LIB_QUANTIZERS_MODULEREGEX_H
