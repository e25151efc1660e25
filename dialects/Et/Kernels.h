/// \file
/// The kernels that the runtime has (kernels.txt), and which of them computes
/// an operator.
#ifndef DIALECTS_ET_KERNELS_H
#define DIALECTS_ET_KERNELS_H

#include <string>
#include <vector>

#include "dialects/Aten/Schema.h"

namespace pt2e::et {

/// A kernel that writes its results into out tensors, or one on integers.
struct Kernel {
  std::string name;                            ///< "aten::add.out"
  std::vector<aten::SchemaArgument> arguments; ///< without the out tensors
  unsigned numOuts = 0;
};

/// The kernel called `name` with its overload, or null. Thread-safe.
const Kernel *lookupKernel(llvm::StringRef name);

/// The kernel that computes the functional operator of `schema` into one out
/// tensor for each result, or null: the same operator (or its `_copy` form)
/// with the same arguments. Arguments that say where or with which element
/// type a result lies may be missing in the kernel (its out tensor says it);
/// arguments that only the kernel has get their default.
const Kernel *kernelOf(const aten::Schema &schema);

} // namespace pt2e::et

#endif // DIALECTS_ET_KERNELS_H
