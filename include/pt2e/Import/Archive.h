/// \file
/// The members of a `.pt2` file, whichever PyTorch wrote it.
#ifndef PT2E_IMPORT_ARCHIVE_H
#define PT2E_IMPORT_ARCHIVE_H

#include <memory>
#include <string>
#include <vector>

#include "pt2e/Import/TensorPayload.h"
#include "pt2e/Import/Zip.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace pt2e {

/// An open `.pt2`: which of the layouts it has, where its parts are.
///
/// Other files that come under the same suffix (TorchScript, `torch.save`,
/// AOTInductor packages) are refused by what they are.
class Archive {
public:
  enum class Layout {
    Flat, ///< PyTorch 2.1 to 2.7: JSON and `torch.save` files side by side
    Pt2,  ///< from 2.8 on: everything under one root folder
  };

  /// Maps the file.
  static llvm::Expected<std::shared_ptr<const Archive>>
  open(llvm::StringRef fileName);
  /// \param name  stands for the file name in errors.
  static llvm::Expected<std::shared_ptr<const Archive>>
  fromMemory(std::string name, std::vector<uint8_t> bytes);

  Layout layout() const { return kind; }
  const std::string &fileName() const { return name; }
  const ZipFile &zip() const { return *file; }

  /// The name of the program to read.
  ///
  /// \param wanted  "" for the only one, or the one called `model`. The flat
  ///                layout has one, called "".
  llvm::Expected<std::string> selectModel(llvm::StringRef wanted) const;

  /// The member that holds a program's JSON; \p model is from `selectModel`.
  std::string jsonMember(llvm::StringRef model) const;
  /// The text of that member.
  llvm::Expected<ZipBytes> readJson(llvm::StringRef model) const;

  /// Weights and constants of a program, by fully qualified name. Their bytes
  /// stay in the file, unread.
  llvm::Expected<llvm::StringMap<TensorPayload>>
  readPayloads(llvm::StringRef model) const;

private:
  Archive() = default;
  static llvm::Expected<std::shared_ptr<const Archive>>
  open(std::shared_ptr<const ByteSource> source, std::string name);
  llvm::Error detectLayout();
  llvm::Error detectPt2(llvm::StringRef folder);
  llvm::Error readConfig(llvm::StringRef model, llvm::StringRef folder,
                         llvm::StringRef recordPrefix,
                         llvm::StringMap<TensorPayload> &payloads) const;
  llvm::Error readTorchSave(llvm::StringRef member,
                            llvm::StringMap<TensorPayload> &payloads) const;
  llvm::Expected<std::string> readText(llvm::StringRef member,
                                       uint64_t limit) const;
  llvm::Error error(const llvm::Twine &message) const;

  std::string name;
  std::shared_ptr<const ZipFile> file;
  Layout kind = Layout::Flat;
  std::string root; ///< with a slash at the end; "" in the flat layout
  std::vector<std::string> models;
};

} // namespace pt2e

#endif // PT2E_IMPORT_ARCHIVE_H
