/// \file
/// Names for the leaves of a program's nested inputs and outputs.
#ifndef PT2E_LIB_IMPORT_TREESPEC_H
#define PT2E_LIB_IMPORT_TREESPEC_H

#include <string>
#include <vector>

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace pt2e {

/// Field names of namedtuple types.
using FieldNames = llvm::StringMap<std::vector<std::string>>;

/// Names of the arguments' leaves in order: `x`, `batch[0]`, `options.scale`.
///
/// \param spec   JSON text of a pytree of (args tuple, kwargs dict).
/// \param names  of the positional arguments; missing ones are `arg0`, ...
llvm::Expected<std::vector<std::string>>
inputLeafNames(llvm::StringRef spec, const std::vector<std::string> &names,
               const FieldNames &fields, std::string context);

/// Names of the result's leaves in order: `logits`, `[1]`, `a[0]`; "" if the
/// result is one leaf.
llvm::Expected<std::vector<std::string>>
outputLeafNames(llvm::StringRef spec, const FieldNames &fields,
                std::string context);

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_TREESPEC_H
