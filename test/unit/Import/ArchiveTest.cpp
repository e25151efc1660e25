#include "pt2e/Import/Archive.h"
#include "Errors.h"
#include "ProgramText.h"
#include "ZipBuilder.h"
#include "pt2e/Import/ExportedProgram.h"

#include <filesystem>

using testing::ElementsAre;
using testing::HasSubstr;

namespace pt2e {
namespace {

const std::string kConfig = R"({"config": {"w": {"path_name": "weight_0",
  "is_param": true, "use_pickle": false, "tensor_meta": {"dtype": 7,
  "sizes": [{"as_int": 2}], "requires_grad": true,
  "device": {"type": "cpu", "index": null}, "strides": [{"as_int": 1}],
  "storage_offset": {"as_int": 0}, "layout": 7}}}})";
const std::string kWeight("\0\0\x80\x3f\0\0\0\x40", 8); // 1, 2

/// `text` with the first `from` replaced.
std::string with(std::string text, const std::string &from,
                 const std::string &to) {
  size_t at = text.find(from);
  if (at == std::string::npos)
    ADD_FAILURE() << "no " << from << " in " << text;
  else
    text.replace(at, from.size(), to);
  return text;
}

/// A PT2 archive of the smallest program.
std::vector<ZipMember> pt2Members(std::string config = kConfig,
                                  std::string weight = kWeight) {
  return {
      {"net/archive_format", "pt2"},
      {"net/archive_version", "0"},
      {"net/byteorder", "little"},
      {"net/.data/version", "6\n"},
      {"net/models/model.json", programText()},
      {"net/data/weights/model_weights_config.json", std::move(config)},
      {"net/data/weights/weight_0", std::move(weight)},
      {"net/data/constants/model_constants_config.json", R"({"config": {}})"},
      {"net/data/sample_inputs/model.pt", ""}};
}

std::string torchSaveOfW() {
  PickleBuilder pickle;
  pickle.raw("}").text("w").tensor("FloatStorage", "0", 2, 0, {2}, {1});
  return torchSave(pickle.raw("s").stop(), {kWeight});
}

const std::string kEmptyDict("\x80\x02}.");

std::vector<ZipMember> flatMembers() {
  return {{"serialized_exported_program.json", programText()},
          {"serialized_state_dict.pt", torchSaveOfW()},
          {"serialized_constants.pt", torchSave(kEmptyDict, {})},
          {"serialized_example_inputs.pt", ""},
          {"version", "8.2"}};
}

llvm::Expected<ExportedProgram> read(const std::vector<ZipMember> &members,
                                     ZipStyle style = kTorchStyle,
                                     llvm::StringRef model = "") {
  auto archive = Archive::fromMemory("x.pt2", buildZip(members, style).bytes);
  if (!archive)
    return archive.takeError();
  return readExportedProgram(std::move(*archive), model);
}

std::string error(const std::vector<ZipMember> &members) {
  return message(read(members));
}

std::vector<ZipMember> without(std::vector<ZipMember> members,
                               llvm::StringRef suffix) {
  size_t before = members.size();
  llvm::erase_if(members, [&](const ZipMember &member) {
    return llvm::StringRef(member.name).ends_with(suffix);
  });
  EXPECT_LT(members.size(), before) << suffix.str();
  return members;
}

std::vector<ZipMember> replaced(std::vector<ZipMember> members,
                                llvm::StringRef suffix, std::string data) {
  for (ZipMember &member : members)
    if (llvm::StringRef(member.name).ends_with(suffix))
      member.data = data;
  return members;
}

std::vector<uint8_t> bytesOf(const ExportedProgram &program,
                             llvm::StringRef fqn) {
  const TensorPayload *payload = program.findPayload(fqn);
  if (!payload) {
    ADD_FAILURE() << "no " << fqn.str();
    return {};
  }
  auto bytes = payload->contiguousBytes();
  if (!bytes) {
    ADD_FAILURE() << message(std::move(bytes));
    return {};
  }
  return bytes->bytes.vec();
}

const std::vector<uint8_t> kOneTwo(kWeight.begin(), kWeight.end());

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

TEST(ArchiveTest, ReadsThePt2Archive) {
  auto program = read(pt2Members());
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  EXPECT_EQ(program->fileName, "x.pt2");
  EXPECT_EQ(program->modelName, "model");
  EXPECT_EQ(bytesOf(*program, "w"), kOneTwo);
  EXPECT_TRUE(program->findPayload("w")->isParameter);
}

TEST(ArchiveTest, ReadsTheFlatLayout) {
  auto program = read(flatMembers(), {});
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  EXPECT_EQ(program->modelName, "");
  EXPECT_EQ(bytesOf(*program, "w"), kOneTwo);
}

TEST(ArchiveTest, ReadsThePt2ArchiveWithPickledWeights) {
  auto members = without(pt2Members(), "weight_0");
  for (ZipMember &member : members) {
    if (member.name == "net/data/weights/model_weights_config.json")
      member = {"net/data/weights/model.pt", torchSaveOfW()};
    if (member.name == "net/data/constants/model_constants_config.json")
      member = {"net/data/constants/model.pt", torchSave(kEmptyDict, {})};
  }
  auto program = read(members);
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  EXPECT_EQ(bytesOf(*program, "w"), kOneTwo);
}

TEST(ArchiveTest, ReadsArchivesThatWereZippedAgain) {
  for (std::vector<ZipMember> members : {pt2Members(), flatMembers()}) {
    for (ZipMember &member : members)
      member.isDeflated = true;
    std::reverse(members.begin(), members.end());
    auto program = read(members, {});
    ASSERT_TRUE(bool(program)) << message(std::move(program));
    EXPECT_EQ(bytesOf(*program, "w"), kOneTwo);
  }
}

TEST(ArchiveTest, ReadsOneOfSeveralPrograms) {
  auto members = pt2Members();
  auto add = [&](llvm::StringRef name) {
    std::string n = name.str();
    members.push_back({"net/models/" + n + ".json", programText()});
    members.push_back(
        {"net/data/weights/" + n + "_weights_config.json", kConfig});
    members.push_back({"net/data/constants/" + n + "_constants_config.json",
                       R"({"config": {}})"});
  };
  add("other");
  auto program = read(members, kTorchStyle, "other");
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  EXPECT_EQ(program->modelName, "other");
  EXPECT_EQ(read(members)->modelName, "model");
  EXPECT_EQ(message(read(members, kTorchStyle, "third")),
            "x.pt2: expected the name of one of its programs ('model', "
            "'other'), but got 'third'");
}

TEST(ArchiveTest, RefusesOtherFilesByWhatTheyAre) {
  EXPECT_EQ(error({{"m/data.pkl", ""}, {"m/version", "3"}}),
            "x.pt2: expected an exported program, but got a torch.save file: "
            "save with torch.export.save");
  EXPECT_THAT(error({{"m/data.pkl", ""}, {"m/constants.pkl", ""}}),
              HasSubstr("but got a TorchScript file"));
  EXPECT_THAT(error({{"m/archive_format", "pt2"},
                     {"m/data/aotinductor/model/x.so", ""}}),
              HasSubstr("but got an AOTInductor package"));
  EXPECT_THAT(error({{"m/archive_format", "pt2"}}),
              HasSubstr("the archive holds no program"));
  EXPECT_THAT(error({{"a", ""}}), HasSubstr("a ZIP file of other contents"));
  EXPECT_THAT(error({}), HasSubstr("an empty ZIP file"));
}

TEST(ArchiveTest, RefusesOtherVersionsAndByteOrders) {
  EXPECT_THAT(error(replaced(pt2Members(), "archive_version", "1")),
              HasSubstr("member 'archive_version': expected '0', but got '1'"));
  EXPECT_THAT(error(replaced(pt2Members(), "byteorder", "big")),
              HasSubstr("expected 'little', but got 'big'"));
  EXPECT_THAT(error(replaced(pt2Members(), "archive_format", "pt3")),
              HasSubstr("expected 'pt2', but got 'pt3'"));
  EXPECT_THAT(error(replaced(flatMembers(), "version", "7.3")),
              HasSubstr("expected schema version 8.x, but got '7.3'"));
  EXPECT_EQ(
      error(without(without(pt2Members(), "byteorder"), "archive_version")),
      "");
  EXPECT_THAT(error(without(flatMembers(), "version")),
              HasSubstr("found no member 'version'"));
}

TEST(ArchiveTest, RefusesMembersOutsideOfTheRootFolder) {
  auto members = pt2Members();
  members.push_back({"elsewhere/x", ""});
  EXPECT_EQ(error(members), "x.pt2: member 'elsewhere/x' lies outside of the "
                            "folder 'net/'");
}

TEST(ArchiveTest, ErrorsOfTheJsonNameFileAndMember) {
  EXPECT_EQ(error(replaced(pt2Members(), "models/model.json", "[]")),
            "x.pt2: net/models/model.json: expected an object, but got an "
            "array (at byte 0)");
}

//===----------------------------------------------------------------------===//
// Payloads
//===----------------------------------------------------------------------===//

std::string configError(const std::string &from, const std::string &to) {
  return error(pt2Members(with(kConfig, from, to)));
}

TEST(ArchiveTest, RefusesBadRecordNames) {
  for (const char *name :
       {"weight_", "weight_0x", "tensor_0", "../weight_0", "model.json"})
    EXPECT_THAT(configError("weight_0", name),
                HasSubstr("tensor 'w': expected a record 'weight_<number>', "
                          "but got '" +
                          std::string(name)));
  EXPECT_THAT(configError("weight_0", "weight_1"),
              HasSubstr("tensor 'w': found no member "
                        "'net/data/weights/weight_1'"));
  EXPECT_THAT(configError("weight_0", "custom_obj_0"),
              HasSubstr("is an object of Python or C++, not a tensor"));
  EXPECT_THAT(configError("weight_0", "opaque_obj_0"),
              HasSubstr("is an object of Python or C++, not a tensor"));
}

TEST(ArchiveTest, RefusesPayloadsBeyondTheirRecord) {
  EXPECT_THAT(configError("\"as_int\": 0", "\"as_int\": 1"),
              HasSubstr("tensor 'w': reaches beyond its storage of 2 "
                        "elements"));
  EXPECT_THAT(configError("\"as_int\": 2", "\"as_int\": 9223372036854775807"),
              HasSubstr("reaches beyond"));
  EXPECT_THAT(configError("\"as_int\": 2", "\"as_int\": -1"),
              HasSubstr("negative size"));
  EXPECT_THAT(configError("{\"as_int\": 1}", "{\"as_int\": -1}"),
              HasSubstr("negative size or stride"));
  EXPECT_THAT(configError("\"as_int\": 0", "\"as_int\": -1"),
              HasSubstr("negative storage offset"));
  EXPECT_THAT(configError("{\"as_int\": 2}",
                          "{\"as_expr\": {\"expr_str\": \"Symbol('s0')\"}}"),
              HasSubstr("expected a number, but got the expression s0"));
  EXPECT_THAT(error(pt2Members(kConfig, "")),
              HasSubstr("the program was saved without this tensor's data"));
  EXPECT_THAT(error(pt2Members(kConfig, "1234567")),
              HasSubstr("does not hold whole elements of f32"));
}

TEST(ArchiveTest, RefusesExpandedTensorsAboveTheBudget) {
  std::string config =
      with(with(kConfig, "{\"as_int\": 2}", "{\"as_int\": 1099511627776}"),
           "{\"as_int\": 1}", "{\"as_int\": 0}");
  EXPECT_THAT(error(pt2Members(config)), HasSubstr("expands to more than"));
}

TEST(ArchiveTest, RefusesPayloadsThatDisagreeWithTheGraph) {
  EXPECT_EQ(configError("\"dtype\": 7", "\"dtype\": 4"),
            "x.pt2: tensor 'w': expected f32 as in the graph, but got i32");
  EXPECT_EQ(configError("{\"as_int\": 2}", "{\"as_int\": 1}"),
            "x.pt2: tensor 'w': expected sizes [2] as in the graph, but got "
            "[1]");
  EXPECT_EQ(configError("\"w\"", "\"v\""),
            "x.pt2: tensor 'w': found no data for it in the archive");
}

TEST(ArchiveTest, RefusesTensorSubclassesByName) {
  PickleBuilder pickle;
  pickle.global("torchao.quantization", "Int8Tensor");
  EXPECT_THAT(
      error(pt2Members(
          with(kConfig, "\"use_pickle\": false", "\"use_pickle\": true"),
          torchSave(pickle.stop(), {}))),
      HasSubstr("refused global 'torchao.quantization.Int8Tensor', a tensor "
                "subclass: call unwrap_tensor_subclass before the export"));
}

TEST(ArchiveTest, RefusesATensorThatIsBothWeightAndConstant) {
  auto members = pt2Members();
  for (ZipMember &member : members)
    if (llvm::StringRef(member.name).ends_with("constants_config.json"))
      member.data = with(kConfig, "weight_0", "tensor_0");
  members.push_back({"net/data/constants/tensor_0", kWeight});
  EXPECT_EQ(error(members),
            "x.pt2: tensor 'w' is both a weight and a constant");
}

TEST(ArchiveTest, ChecksSumsWhenTheBytesAreWanted) {
  BuiltZip zip = buildZip(pt2Members(), kTorchStyle);
  zip.bytes[zip.dataBegins[6]] ^= 1;
  auto archive = Archive::fromMemory("x.pt2", zip.bytes);
  ASSERT_TRUE(bool(archive));
  auto program = readExportedProgram(*archive);
  ASSERT_TRUE(bool(program)) << message(std::move(program));
  EXPECT_EQ(message(program->findPayload("w")->contiguousBytes()),
            "x.pt2: member 'net/data/weights/weight_0': checksum mismatch, "
            "the file is damaged");
}

TEST(ArchiveTest, NestedZipsAreReadToDepthOne) {
  // The pickle's own storages are never opened as ZIP files.
  auto members = flatMembers();
  members[1].data = torchSave(kEmptyDict, {torchSaveOfW()});
  EXPECT_EQ(error(members),
            "x.pt2: tensor 'w': found no data for it in the archive");
}

//===----------------------------------------------------------------------===//
// Files of PyTorch
//===----------------------------------------------------------------------===//

std::string sample(const std::string &name) {
  return std::string(PT2E_TEST_DATA) + "/pt2/" + name + ".pt2";
}

TEST(ArchiveTest, ReadsEverySample) {
  size_t count = 0;
  for (const auto &file : std::filesystem::recursive_directory_iterator(
           std::string(PT2E_TEST_DATA) + "/pt2")) {
    if (file.path().extension() != ".pt2")
      continue;
    ++count;
    auto program = readExportedProgram(file.path().string());
    ASSERT_TRUE(bool(program)) << message(std::move(program));
    EXPECT_FALSE(program->graph.nodes.empty());
    bool isCore = file.path().stem().extension() == ".core";
    EXPECT_THAT(program->verifiers, ElementsAre(isCore ? "ATEN" : "TRAINING"));
    for (const auto &payload : program->payloads) {
      auto bytes = payload.second.contiguousBytes();
      ASSERT_TRUE(bool(bytes)) << message(std::move(bytes));
      EXPECT_EQ(bytes->bytes.size(), payload.second.numBytes());
    }
    for (const InputSpec &spec : program->inputSpecs)
      EXPECT_TRUE(spec.kind != InputSpec::Kind::UserInput ||
                  !spec.name.empty());
  }
  EXPECT_EQ(count, 20u);
}

TEST(ArchiveTest, BothLayoutsHoldTheSameBits) {
  // One model with shared, strided, half, bf16 and empty tensors, saved by
  // both.
  for (std::string kind : {"", ".core"}) {
    auto flat = readExportedProgram(sample("t26/storage" + kind));
    auto pt2 = readExportedProgram(sample("t214/storage" + kind));
    ASSERT_TRUE(bool(flat)) << message(std::move(flat));
    ASSERT_TRUE(bool(pt2)) << message(std::move(pt2));
    EXPECT_EQ(flat->schema.minor, 2);
    EXPECT_EQ(pt2->schema.minor, 20);
    ASSERT_EQ(flat->payloads.size(), pt2->payloads.size());
    for (const auto &entry : flat->payloads) {
      llvm::StringRef name = entry.getKey();
      const TensorPayload *other = pt2->findPayload(name);
      ASSERT_NE(other, nullptr) << name.str();
      EXPECT_EQ(entry.second.dtype, other->dtype) << name.str();
      EXPECT_EQ(entry.second.sizes, other->sizes) << name.str();
      EXPECT_EQ(entry.second.strides, other->strides) << name.str();
      EXPECT_EQ(bytesOf(*flat, name), bytesOf(*pt2, name)) << name.str();
    }
    for (const ExportedProgram *program : {&*flat, &*pt2}) {
      auto storage = [&](llvm::StringRef name) {
        return program->findPayload(name)->storage;
      };
      EXPECT_EQ(storage("fc.weight"), storage("fc2.weight"));
      EXPECT_EQ(storage("v1"), storage("v2"));
      EXPECT_NE(storage("fc.weight"), storage("v1"));
      EXPECT_FALSE(program->findPayload("tr")->isContiguous());
      EXPECT_EQ(program->findPayload("empty")->numBytes(), 0u);
      EXPECT_EQ(program->findPayload("bf")->dtype, ScalarType::BFloat16);
    }
  }
}

TEST(ArchiveTest, SamplesHaveTheFeaturesTheyStandFor) {
  auto dynamic = readExportedProgram(sample("t214/attention_dyn"));
  ASSERT_TRUE(bool(dynamic));
  EXPECT_EQ(dynamic->symbolRanges.size(), 2u);
  auto cond = readExportedProgram(sample("t26/cond"));
  ASSERT_TRUE(bool(cond));
  EXPECT_TRUE(llvm::any_of(cond->graph.nodes, [](const Node &node) {
    return node.op.kind == OperatorTarget::Kind::HigherOrder &&
           node.inputs[1].arg.is<GraphArgument>();
  }));
  auto buffer = readExportedProgram(sample("t214/buffer_mutation.core"));
  ASSERT_TRUE(bool(buffer));
  EXPECT_EQ(buffer->outputSpecs[0].kind, OutputSpec::Kind::BufferMutation);
  auto storage = readExportedProgram(sample("t26/storage"));
  ASSERT_TRUE(bool(storage));
  EXPECT_EQ(storage->outputSpecs[0].name, "a");
  EXPECT_EQ(storage->outputSpecs[2].name, "b[1]");
  const Provenance &provenance = storage->graph.nodes[0].provenance;
  EXPECT_EQ(provenance.modules.back().path, "fc");
  EXPECT_EQ(provenance.modules.back().type, "torch.nn.modules.linear.Linear");
  EXPECT_EQ(llvm::StringRef(provenance.file).rsplit('/').second,
            "gen_samples.py");
  EXPECT_EQ(provenance.line, 33);
}

TEST(ArchiveTest, WeightsOfAMappedFileAreNotCopied) {
  auto program = readExportedProgram(sample("t214/cnn_dynbatch"));
  ASSERT_TRUE(bool(program));
  size_t inPlace = 0;
  for (const auto &entry : program->payloads) {
    auto bytes = entry.second.contiguousBytes();
    ASSERT_TRUE(bool(bytes));
    inPlace += bytes->inPlace;
  }
  EXPECT_EQ(inPlace, program->payloads.size());
}

} // namespace
} // namespace pt2e
