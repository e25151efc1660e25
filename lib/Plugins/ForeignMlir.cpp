#include "ForeignMlir.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Object/ELFObjectFile.h"

using llvm::StringRef;
using llvm::object::ELF64LEObjectFile;

/// The names of the libraries that `file` is linked with.
static llvm::Expected<std::vector<std::string>>
neededBy(const llvm::object::ELFFile<llvm::object::ELF64LE> &file) {
  auto entries = file.dynamicEntries();
  if (!entries)
    return entries.takeError();
  StringRef names;
  for (const auto &entry : *entries) {
    if (entry.getTag() != llvm::ELF::DT_STRTAB)
      continue;
    auto address = file.toMappedAddr(entry.getPtr());
    if (!address)
      return address.takeError();
    names = StringRef(reinterpret_cast<const char *>(*address),
                      file.end() - *address);
  }
  std::vector<std::string> needed;
  for (const auto &entry : *entries)
    if (entry.getTag() == llvm::ELF::DT_NEEDED && entry.getVal() < names.size())
      needed.push_back(
          names.drop_front(entry.getVal()).split('\0').first.str());
  return needed;
}

std::string pt2e::quantizer::foreignMlirOf(const std::string &path) {
  auto binary = llvm::object::createBinary(path);
  if (!binary) {
    llvm::consumeError(binary.takeError());
    return "";
  }
  auto *library = llvm::dyn_cast<ELF64LEObjectFile>(binary->getBinary());
  if (!library)
    return "";
  auto needed = neededBy(library->getELFFile());
  if (!needed) {
    llvm::consumeError(needed.takeError());
    return "";
  }
  const std::string ours = std::to_string(LLVM_VERSION_MAJOR) + "." +
                           std::to_string(LLVM_VERSION_MINOR);
  for (const std::string &name : *needed)
    for (StringRef prefix : {"libMLIR", "libLLVM"})
      if (StringRef(name).starts_with(prefix) &&
          name != (prefix + ".so." + ours).str())
        return name;
  return "";
}
