/// \file
/// `torch.save` files: a pickle that is read as data, never executed.
#ifndef PT2E_LIB_IMPORT_PICKLE_H
#define PT2E_LIB_IMPORT_PICKLE_H

#include <memory>

#include "pt2e/Import/TensorPayload.h"
#include "pt2e/Import/Zip.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace pt2e {

/// One member of a ZIP, read and summed when its bytes are first wanted.
std::shared_ptr<const TensorStorage>
makeZipStorage(std::shared_ptr<const ZipFile> zip, const ZipEntry &entry);

/// Reads a `torch.save` file of a dict from names to tensors.
///
/// Only the opcodes and callables that such files need are known; anything else
/// is refused, a global by its name even if nothing calls it.
llvm::Expected<llvm::StringMap<TensorPayload>>
readTensorDict(std::shared_ptr<const ZipFile> zip);

/// Reads a `torch.save` file of one tensor.
llvm::Expected<TensorPayload> readTensor(std::shared_ptr<const ZipFile> zip);

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_PICKLE_H
