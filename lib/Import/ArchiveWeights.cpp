#include "pt2e/Import/ArchiveWeights.h"

#include "ImportTypes.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/ConstantCheck.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "pt2e/Import/Archive.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace pt2e;

static constexpr StringRef kArchive = "aten.archive";
static constexpr StringRef kProgram = "aten.program";
static constexpr StringRef kHash = "aten.hash";

static std::string hashOf(ArrayRef<char> bytes) {
  const llvm::XXH128_hash_t hash = llvm::xxh3_128bits(
      {reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()});
  const auto hex = [](uint64_t half) {
    return llvm::utohexstr(half, /*LowerCase=*/true, /*Width=*/16);
  };
  return "xxh3_128:" + hex(hash.high64) + hex(hash.low64);
}

namespace {
/// What an op holds that came from an archive.
struct Weight {
  StringRef name;
  DenseResourceElementsAttr resource; ///< null if it is small
};
} // namespace

static Weight weightOf(Operation *op) {
  const auto resource = [](ElementsAttr value) {
    return dyn_cast<DenseResourceElementsAttr>(value);
  };
  if (auto parameter = dyn_cast<aten::ParameterOp>(op))
    return {parameter.getName(), resource(parameter.getValue())};
  if (auto buffer = dyn_cast<aten::BufferOp>(op))
    return {buffer.getName(), resource(buffer.getInitial())};
  return {};
}

void pt2e::nameArchive(Operation *op, const ExportedProgram &program) {
  DenseResourceElementsAttr resource = weightOf(op).resource;
  if (!resource || program.fileName.empty())
    return;
  Builder builder(op->getContext());
  op->setAttr(kArchive, builder.getStringAttr(program.fileName));
  // Without a name, the only program is meant, or the one called `model`.
  if (!program.modelName.empty() && program.modelName != "model")
    op->setAttr(kProgram, builder.getStringAttr(program.modelName));
  op->setAttr(kHash, builder.getStringAttr(
                         hashOf(resource.getRawHandle().getBlob()->getData())));
}

DenseResourceElementsAttr pt2e::archivedResource(Operation *op) {
  DenseResourceElementsAttr resource = weightOf(op).resource;
  auto hash = op->getAttrOfType<StringAttr>(kHash);
  if (!resource || !hash || !op->hasAttr(kArchive))
    return {};
  const AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  // A pass may have put another value there.
  return blob && hashOf(blob->getData()) == hash.getValue()
             ? resource
             : DenseResourceElementsAttr();
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

namespace {
class ArchiveLoader {
public:
  explicit ArchiveLoader(StringRef folder) : folder(folder) {}

  LogicalResult load(Operation *op);

private:
  using Payloads = llvm::StringMap<TensorPayload>;

  llvm::Expected<const Payloads *> open(StringRef file, StringRef program);
  std::string find(StringRef file) const;

  std::string folder;
  std::map<std::pair<std::string, std::string>, Payloads> opened;
};
} // namespace

/// Where `file` is; empty if it is nowhere.
std::string ArchiveLoader::find(StringRef file) const {
  namespace path = llvm::sys::path;
  const auto inFolder = [&](StringRef name) {
    SmallString<128> joined(folder);
    path::append(joined, name);
    return std::string(joined);
  };
  for (const std::string &place :
       {path::is_absolute(file) ? file.str() : inFolder(file), file.str(),
        inFolder(path::filename(file))})
    if (llvm::sys::fs::exists(place))
      return place;
  return "";
}

llvm::Expected<const ArchiveLoader::Payloads *>
ArchiveLoader::open(StringRef file, StringRef program) {
  auto [entry, isNew] =
      opened.try_emplace({file.str(), program.str()}, Payloads());
  if (!isNew)
    return &entry->second;
  const std::string place = find(file);
  if (place.empty())
    return llvm::createStringError(
        "it is neither in the folder of the program nor in the working one");
  auto archive = Archive::open(place);
  if (!archive)
    return archive.takeError();
  llvm::Expected<std::string> model = (*archive)->selectModel(program);
  if (!model)
    return model.takeError();
  llvm::Expected<Payloads> payloads = (*archive)->readPayloads(*model);
  if (!payloads)
    return payloads.takeError();
  entry->second = std::move(*payloads);
  return &entry->second;
}

LogicalResult ArchiveLoader::load(Operation *op) {
  const Weight weight = weightOf(op);
  auto file = op->getAttrOfType<StringAttr>(kArchive);
  if (!file || !weight.resource || weight.resource.getRawHandle().getBlob())
    return success();
  const auto complain = [&] {
    return op->emitError() << "weight '" << weight.name << "' of archive '"
                           << file.getValue() << "': ";
  };
  auto hash = op->getAttrOfType<StringAttr>(kHash);
  if (!hash)
    return complain() << "expected its hash in " << kHash;
  auto program = op->getAttrOfType<StringAttr>(kProgram);
  llvm::Expected<const Payloads *> payloads =
      open(file, program ? program.getValue() : "");
  if (!payloads)
    return complain() << llvm::toString(payloads.takeError());
  auto found = (*payloads)->find(weight.name);
  if (found == (*payloads)->end())
    return complain() << "the archive has no weight of that name";
  const TensorPayload &payload = found->second;
  auto type =
      dyn_cast_or_null<ShapedType>(payloadType(op->getContext(), payload));
  if (type != weight.resource.getType())
    return complain() << "expected " << weight.resource.getType()
                      << ", but the archive has " << type;
  llvm::Expected<AsmResourceBlob> blob = payloadBlob(payload);
  if (!blob)
    return complain() << llvm::toString(blob.takeError());
  if (const std::string actual = hashOf(blob->getData());
      actual != hash.getValue())
    return complain() << "expected elements with the hash " << hash.getValue()
                      << ", but got " << actual
                      << ": the program was imported from another archive";
  weight.resource.getRawHandle().getResource()->setBlob(std::move(*blob));
  return success();
}

LogicalResult pt2e::loadArchiveWeights(ModuleOp module, StringRef folder) {
  ArchiveLoader loader(folder);
  const WalkResult result = module.walk([&](Operation *op) {
    return succeeded(loader.load(op)) ? WalkResult::advance()
                                      : WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

OwningOpRef<ModuleOp>
pt2e::readMlir(const std::shared_ptr<llvm::SourceMgr> &sources,
               MLIRContext *context) {
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, context);
  const StringRef file =
      sources->getMemoryBuffer(sources->getMainFileID())->getBufferIdentifier();
  if (!module ||
      failed(loadArchiveWeights(*module, llvm::sys::path::parent_path(file))) ||
      failed(aten::checkHaveData(*module)))
    return {};
  return module;
}

OwningOpRef<ModuleOp> pt2e::readMlir(StringRef fileName, MLIRContext *context) {
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(fileName, &error);
  if (!file) {
    emitError(UnknownLoc::get(context)) << error;
    return {};
  }
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  return readMlir(sources, context);
}
