#include "pt2e/Import/Archive.h"
#include "Pickle.h"
#include "Schema.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace pt2e {

static constexpr StringRef kFlatJson = "serialized_exported_program.json";

Error Archive::error(const Twine &message) const {
  return createStringError(inconvertibleErrorCode(), name + ": " + message);
}

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

Expected<std::shared_ptr<const Archive>> Archive::open(StringRef fileName) {
  auto source = ByteSource::mapFile(fileName);
  if (!source)
    return source.takeError();
  return open(std::move(*source), fileName.str());
}

Expected<std::shared_ptr<const Archive>>
Archive::fromMemory(std::string name, std::vector<uint8_t> bytes) {
  return open(ByteSource::fromMemory(std::move(bytes)), std::move(name));
}

Expected<std::shared_ptr<const Archive>>
Archive::open(std::shared_ptr<const ByteSource> source, std::string name) {
  std::shared_ptr<Archive> archive(new Archive);
  archive->name = std::move(name);
  auto zip = ZipFile::open(source, source->bytes(), archive->name);
  if (!zip)
    return zip.takeError();
  archive->file = std::move(*zip);
  if (Error error = archive->detectLayout())
    return std::move(error);
  return archive;
}

Expected<std::string> Archive::readText(StringRef member,
                                        uint64_t limit) const {
  const ZipEntry *entry = file->find(member);
  if (!entry)
    return error("found no member " + quoted(member));
  Expected<ZipBytes> bytes = file->read(*entry, limit);
  if (!bytes)
    return bytes.takeError();
  return bytes->text().str();
}

Error Archive::detectLayout() {
  if (file->entries().empty())
    return error("expected an exported program, but got an empty ZIP file");
  StringRef first = file->entries().front().name;
  std::string folder = (first.split('/').first + "/").str();
  auto has = [&](const Twine &member) { return file->find(member.str()); };
  if (has(folder + "archive_format"))
    return detectPt2(folder);
  if (has(kFlatJson)) {
    kind = Layout::Flat;
    models = {""};
    Expected<std::string> version = readText("version", 64);
    if (!version)
      return version.takeError();
    if (StringRef(*version).split('.').first.trim() != "8")
      return error("member 'version': expected schema version 8.x, but got " +
                   quoted(*version) +
                   ": export again with PyTorch 2.6 or later");
    return Error::success();
  }
  if (has(folder + "data.pkl"))
    return error(has(folder + "constants.pkl")
                     ? "expected an exported program, but got a TorchScript "
                       "file: save with torch.export.save"
                     : "expected an exported program, but got a torch.save "
                       "file: save with torch.export.save");
  return error("expected an exported program, but got a ZIP file of other "
               "contents");
}

Error Archive::detectPt2(StringRef folder) {
  kind = Layout::Pt2;
  root = folder.str();
  Expected<std::string> format = readText(root + "archive_format", 64);
  if (!format)
    return format.takeError();
  if (*format != "pt2")
    return error("member 'archive_format': expected 'pt2', but got " +
                 quoted(*format));
  for (auto [member, wanted] :
       {std::pair("archive_version", "0"), std::pair("byteorder", "little")}) {
    if (!file->find(root + member))
      continue;
    Expected<std::string> text = readText(root + member, 64);
    if (!text)
      return text.takeError();
    if (StringRef(*text).trim() != wanted)
      return error("member '" + Twine(member) + "': expected '" + wanted +
                   "', but got " + quoted(*text));
  }
  bool hasCompiled = false;
  for (const ZipEntry &entry : file->entries()) {
    StringRef path = entry.name;
    if (!path.consume_front(root))
      return error("member " + quoted(entry.name) +
                   " lies outside of the folder " + quoted(root));
    hasCompiled |= path.starts_with("data/aotinductor/");
    if (path.consume_front("models/") && path.consume_back(".json") &&
        !path.contains('/'))
      models.push_back(path.str());
  }
  if (!models.empty())
    return Error::success();
  return error(hasCompiled
                   ? "expected an exported program, but got an AOTInductor "
                     "package of compiled code: save with torch.export.save"
                   : "the archive holds no program");
}

Expected<std::string> Archive::selectModel(StringRef wanted) const {
  if (wanted.empty() && models.size() == 1)
    return models.front();
  if (is_contained(models, wanted))
    return wanted.str();
  if (wanted.empty() && is_contained(models, "model"))
    return "model";
  std::string names;
  for (const std::string &model : ArrayRef(models).take_front(20))
    names += (names.empty() ? "" : ", ") + quoted(model);
  return error("expected the name of one of its programs (" + names +
               "), but got " + quoted(wanted));
}

std::string Archive::jsonMember(StringRef model) const {
  return kind == Layout::Flat ? kFlatJson.str()
                              : (root + "models/" + model + ".json").str();
}

Expected<ZipBytes> Archive::readJson(StringRef model) const {
  const ZipEntry *entry = file->find(jsonMember(model));
  if (!entry)
    return error("found no member " + quoted(jsonMember(model)));
  return file->read(*entry, kMaxJsonBytes);
}

//===----------------------------------------------------------------------===//
// Payloads
//===----------------------------------------------------------------------===//

static Error merge(StringMap<TensorPayload> &payloads,
                   StringMap<TensorPayload> more, const Twine &context) {
  for (auto &entry : more)
    if (!payloads.try_emplace(entry.getKey(), std::move(entry.second)).second)
      return createStringError(inconvertibleErrorCode(),
                               context + ": tensor " + quoted(entry.getKey()) +
                                   " is both a weight and a constant");
  return Error::success();
}

Error Archive::readTorchSave(StringRef member,
                             StringMap<TensorPayload> &payloads) const {
  const ZipEntry *entry = file->find(member);
  if (!entry || entry->size == 0)
    return Error::success();
  auto nested = file->openNested(*entry);
  if (!nested)
    return nested.takeError();
  auto tensors = readTensorDict(*nested);
  if (!tensors)
    return tensors.takeError();
  return merge(payloads, std::move(*tensors), name);
}

namespace {

/// What a payload configuration says about one tensor.
struct PayloadMeta {
  std::string fqn;
  std::string record;
  bool isParameter = false;
  bool isPickled = false;
  bool hasMeta = false;
  TensorPayload tensor;
};

class ConfigReader : public SchemaReader {
public:
  using SchemaReader::SchemaReader;

  bool read(std::vector<PayloadMeta> &metas) {
    bool hasConfig = false;
    return in.object([&](StringRef key) {
      if (key != "config")
        return in.skip();
      hasConfig = true;
      return in.object([&](StringRef fqn) {
        metas.emplace_back();
        metas.back().fqn = fqn.str();
        return meta(metas.back());
      });
    }) && require(hasConfig, "config") &&
           in.end();
  }

private:
  bool meta(PayloadMeta &meta) {
    bool hasRecord = false;
    return in.object([&](StringRef key) {
      if (key == "path_name") {
        hasRecord = true;
        return in.string(meta.record);
      }
      if (key == "is_param")
        return in.boolean(meta.isParameter);
      if (key == "use_pickle")
        return in.boolean(meta.isPickled);
      if (key == "tensor_meta") {
        meta.hasMeta = !in.null();
        return !meta.hasMeta || tensor(meta.tensor);
      }
      return in.skip();
    }) && require(hasRecord, "path_name");
  }

  bool tensor(TensorPayload &tensor) {
    TensorMeta meta;
    if (!tensorMeta(meta))
      return false;
    tensor.dtype = meta.dtype;
    auto number = [&](const SymInt &value, int64_t &result) {
      if (!value.isStatic())
        return in.fail("expected a number, but got the expression " +
                       value.expr.str());
      result = value.value;
      return true;
    };
    for (const SymInt &size : meta.sizes)
      if (!number(size, tensor.sizes.emplace_back()))
        return false;
    for (const SymInt &stride : meta.strides)
      if (!number(stride, tensor.strides.emplace_back()))
        return false;
    return number(meta.storageOffset, tensor.storageOffset);
  }
};

/// `weight_7`: the prefix and then digits only.
bool isRecordName(StringRef record, StringRef prefix) {
  return record.consume_front(prefix) && !record.empty() &&
         all_of(record, [](char c) { return isDigit(c); });
}

} // namespace

Error Archive::readConfig(StringRef model, StringRef folder,
                          StringRef recordPrefix,
                          StringMap<TensorPayload> &payloads) const {
  std::string path = root + "data/" + folder.str() + "/";
  std::string member = path + (model + "_" + folder + "_config.json").str();
  const ZipEntry *entry = file->find(member);
  if (!entry)
    return error("found no member " + quoted(member));
  Expected<ZipBytes> text = file->read(*entry, kMaxJsonBytes);
  if (!text)
    return text.takeError();
  JsonReader json(text->text(), name + ": " + member);
  std::vector<PayloadMeta> metas;
  if (!ConfigReader(json).read(metas))
    return json.takeError();

  StringMap<std::shared_ptr<const TensorStorage>> storages;
  StringMap<TensorPayload> result;
  for (PayloadMeta &meta : metas) {
    std::string what = name + ": " + member + ": tensor " + quoted(meta.fqn);
    auto fail = [&](const Twine &message) {
      return createStringError(inconvertibleErrorCode(), what + ": " + message);
    };
    if (StringRef(meta.record).starts_with("custom_obj_") ||
        StringRef(meta.record).starts_with("opaque_obj_"))
      return fail("is an object of Python or C++, not a tensor");
    if (!isRecordName(meta.record, recordPrefix))
      return fail("expected a record '" + recordPrefix + "<number>', but got " +
                  quoted(meta.record));
    const ZipEntry *record = file->find(path + meta.record);
    if (!record)
      return fail("found no member " + quoted(path + meta.record));
    if (meta.isPickled) {
      // Most often a tensor subclass, which the pickle reader then names.
      auto nested = file->openNested(*record);
      if (!nested)
        return nested.takeError();
      Expected<TensorPayload> tensor = readTensor(*nested);
      if (!tensor)
        return fail(toString(tensor.takeError()));
      meta.tensor = std::move(*tensor);
    } else {
      if (!meta.hasMeta)
        return fail("expected a field 'tensor_meta'");
      auto &storage = storages[meta.record];
      if (!storage)
        storage = makeZipStorage(file, *record);
      meta.tensor.storage = storage;
      if (Error invalid = meta.tensor.verify(what))
        return invalid;
    }
    meta.tensor.isParameter = meta.isParameter;
    result.try_emplace(meta.fqn, std::move(meta.tensor));
  }
  return merge(payloads, std::move(result), name);
}

Expected<StringMap<TensorPayload>>
Archive::readPayloads(StringRef model) const {
  StringMap<TensorPayload> payloads;
  if (kind == Layout::Flat) {
    for (StringRef member :
         {"serialized_state_dict.pt", "serialized_constants.pt"})
      if (Error error = readTorchSave(member, payloads))
        return std::move(error);
    return payloads;
  }
  for (auto [folder, prefix] :
       {std::pair("weights", "weight_"), std::pair("constants", "tensor_")}) {
    // Written by 2.8; where both are, PyTorch takes this one.
    std::string pickled = (root + "data/" + folder + "/" + model + ".pt").str();
    Error error = file->find(pickled)
                      ? readTorchSave(pickled, payloads)
                      : readConfig(model, folder, prefix, payloads);
    if (error)
      return std::move(error);
  }
  return payloads;
}

} // namespace pt2e
