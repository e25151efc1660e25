#include "lib/Import/Pickle.h"
#include "Errors.h"
#include "ZipBuilder.h"

using testing::ElementsAre;
using testing::HasSubstr;

namespace pt2e {
namespace {

using Dict = llvm::Expected<llvm::StringMap<TensorPayload>>;

Dict readZip(std::string zip) {
  auto source = ByteSource::fromMemory({zip.begin(), zip.end()});
  auto file = ZipFile::open(source, source->bytes(), "x.pt");
  if (!file)
    return file.takeError();
  return readTensorDict(*file);
}

Dict read(std::string pickle, std::vector<std::string> storages = {}) {
  return readZip(torchSave(std::move(pickle), std::move(storages)));
}

std::string error(std::string pickle, std::vector<std::string> storages = {}) {
  return message(read(std::move(pickle), std::move(storages)));
}

std::vector<uint8_t> bytes(const Dict &dict, llvm::StringRef name) {
  auto it = dict->find(name);
  if (it == dict->end())
    return {};
  auto data = it->second.contiguousBytes();
  if (!data) {
    ADD_FAILURE() << message(std::move(data));
    return {};
  }
  return data->bytes.vec();
}

const std::string kFour("\1\2\3\4", 4);

/// {"w": <a tensor, as `build` makes it>}.
template <typename Build>
std::string dictOf(Build build) {
  PickleBuilder pickle;
  pickle.raw("}(").text("w");
  build(pickle);
  return pickle.raw("u").stop();
}

TEST(PickleTest, ReadsADictOfTensors) {
  Dict dict = read(dictOf([](PickleBuilder &p) {
                     p.tensor("CharStorage", "0", 4, 1, {2}, {2});
                   }),
                   {kFour});
  ASSERT_TRUE(bool(dict)) << message(std::move(dict));
  EXPECT_THAT(bytes(dict, "w"), ElementsAre(2, 4));
  EXPECT_EQ(dict->find("w")->second.dtype, ScalarType::Int8);
  EXPECT_FALSE(dict->find("w")->second.isParameter);
}

TEST(PickleTest, ReadsParametersAndTensorsWithATypeOrState) {
  auto tensor = [](PickleBuilder &p) {
    p.tensor("CharStorage", "0", 4, 0, {4}, {1});
  };
  auto hooks = [](PickleBuilder &p) {
    p.global("collections", "OrderedDict").raw(")R");
  };
  Dict dict = read(dictOf([&](PickleBuilder &p) {
                     p.global("torch._utils", "_rebuild_parameter").raw("(");
                     tensor(p);
                     p.raw("\x88");
                     hooks(p);
                     p.raw("tR");
                   }),
                   {kFour});
  ASSERT_TRUE(bool(dict)) << message(std::move(dict));
  EXPECT_TRUE(dict->find("w")->second.isParameter);

  dict = read(dictOf([&](PickleBuilder &p) {
                p.global("torch._utils", "_rebuild_parameter_with_state");
                p.raw("(");
                tensor(p);
                p.raw("\x88");
                hooks(p);
                p.raw("}(").text("_dynamo_static_input_type");
                p.text("unguarded").raw("utR");
              }),
              {kFour});
  ASSERT_TRUE(bool(dict)) << message(std::move(dict));
  EXPECT_THAT(bytes(dict, "w"), ElementsAre(1, 2, 3, 4));

  dict = read(dictOf([&](PickleBuilder &p) {
                p.global("torch._tensor", "_rebuild_from_type_v2").raw("(");
                p.global("torch._utils", "_rebuild_tensor_v2");
                p.global("torch.nn.parameter", "Buffer").raw("(");
                p.storage("CharStorage", "0", 4).integer(0);
                p.integers({4}).integers({1}).raw("\x89");
                hooks(p);
                p.raw("t}tR");
              }),
              {kFour});
  ASSERT_TRUE(bool(dict)) << message(std::move(dict));
  EXPECT_THAT(bytes(dict, "w"), ElementsAre(1, 2, 3, 4));
}

TEST(PickleTest, ReadsUntypedStoragesAndProtocolFour) {
  // Protocol 4: frames, short strings, STACK_GLOBAL, MEMOIZE.
  auto shortText = [](std::string text) {
    return std::string("\x8c") + static_cast<char>(text.size()) + text;
  };
  auto global = [&](std::string module, std::string name) {
    return shortText(module) + shortText(name) + "\x93\x94";
  };
  std::string pickle = std::string("\x80\x04\x95\0\0\0\0\0\0\0\0}\x94", 13);
  pickle += shortText("w") + global("torch._utils", "_rebuild_tensor_v3");
  pickle += "((" + shortText("storage") +
            global("torch.storage", "UntypedStorage") + shortText("0") +
            shortText("cpu") + "K\4tQ";
  pickle += std::string("K\0K\2\x85K\1\x85\x89}", 10);
  pickle += global("torch", "uint16") + "tRs.";
  Dict dict = read(pickle, {kFour});
  ASSERT_TRUE(bool(dict)) << message(std::move(dict));
  EXPECT_EQ(dict->find("w")->second.dtype, ScalarType::UInt16);
  EXPECT_THAT(bytes(dict, "w"), ElementsAre(1, 2, 3, 4));
}

TEST(PickleTest, SharedStoragesStayShared) {
  PickleBuilder pickle;
  pickle.raw("}(").text("a").tensor("CharStorage", "0", 4, 0, {2}, {1});
  pickle.raw("q\1").text("b").raw("h\1");
  pickle.text("c").tensor("CharStorage", "0", 4, 2, {2}, {1});
  pickle.text("d").tensor("CharStorage", "1", 4, 2, {2}, {1});
  Dict dict = read(pickle.raw("u").stop(), {kFour, kFour});
  ASSERT_TRUE(bool(dict)) << message(std::move(dict));
  auto storage = [&](llvm::StringRef name) {
    return dict->find(name)->second.storage;
  };
  EXPECT_EQ(storage("a"), storage("b"));
  EXPECT_EQ(storage("a"), storage("c"));
  EXPECT_NE(storage("a"), storage("d"));
  EXPECT_THAT(bytes(dict, "c"), ElementsAre(3, 4));
}

TEST(PickleTest, RefusesAnyOtherGlobalEvenUncalled) {
  EXPECT_EQ(error(PickleBuilder().global("os", "system").stop()),
            "x.pt: archive/data.pkl: refused global 'os.system', not one of "
            "those that a file of tensors needs (at byte 13)");
  PickleBuilder call;
  call.global("builtins", "eval").raw("(").text("1").raw("tR");
  EXPECT_THAT(error(call.stop()), HasSubstr("refused global 'builtins.eval'"));
  PickleBuilder stacked;
  stacked.text("posix").text("system").raw("\x93");
  EXPECT_THAT(error(stacked.stop()),
              HasSubstr("refused global 'posix.system'"));
}

TEST(PickleTest, SaysWhatTheRefusedTensorIs) {
  auto why = [](llvm::StringRef module, llvm::StringRef name) {
    return error(PickleBuilder().global(module, name).stop());
  };
  EXPECT_THAT(why("torch._utils", "_rebuild_wrapper_subclass"),
              HasSubstr("call unwrap_tensor_subclass before the export"));
  EXPECT_THAT(why("torch._utils", "_rebuild_sparse_tensor"),
              HasSubstr("a sparse tensor"));
  EXPECT_THAT(why("torch._utils", "_rebuild_qtensor"),
              HasSubstr("eager quantization"));
  EXPECT_THAT(why("torch._utils", "_rebuild_meta_tensor_no_storage"),
              HasSubstr("without data"));
  EXPECT_THAT(why("torch", "QInt8Storage"), HasSubstr("eager quantization"));
}

TEST(PickleTest, RefusesOtherOpcodes) {
  // BUILD, INST, OBJ, NEWOBJ, EXT1, POP, DUP, INT, BYTEARRAY8.
  for (char opcode : {'b', 'i', 'o', '\x81', '\x82', '0', '2', 'I', '\x96'})
    EXPECT_THAT(error(PickleBuilder().raw({&opcode, 1}).stop()),
                HasSubstr("refused pickle opcode"));
  EXPECT_THAT(error(std::string("\x80\x01}.")),
              HasSubstr("expected pickle protocol 2 to 5, but got 1"));
}

TEST(PickleTest, RefusesStacksThatUnderflow) {
  for (const char *ops : {"R", "Q", "s", "u", "a", "e", "t", "\x85", "\x93",
                          "q\1", "", "(", "N(s", "}(N\x86", "NN", "}N", "(R"})
    EXPECT_NE(error(PickleBuilder().raw(ops).stop()), "") << ops;
  EXPECT_THAT(error(PickleBuilder().raw("(R").stop()),
              HasSubstr("the stack is empty"));
  EXPECT_THAT(error(PickleBuilder().raw("t").stop()),
              HasSubstr("expected a mark"));
}

TEST(PickleTest, RefusesReadsBeyondTheEnd) {
  const std::string huge("\xff\xff\xff\x7f", 4);
  EXPECT_THAT(error(PickleBuilder().raw("X").raw(huge).stop()),
              HasSubstr("more than 1 MiB"));
  EXPECT_THAT(error(PickleBuilder().raw("\x8c\x10x").stop()),
              HasSubstr("unexpected end"));
  EXPECT_THAT(error(PickleBuilder().raw("\x95").raw(huge + huge).stop()),
              HasSubstr("a frame beyond the end"));
  EXPECT_THAT(error(PickleBuilder().raw("\x8a\x09").stop()),
              HasSubstr("more than 64 bits"));
  EXPECT_THAT(error(PickleBuilder().raw("cos").stop()),
              HasSubstr("the end of a line"));
  EXPECT_THAT(error(PickleBuilder().raw("X\1").raw({"\0\0\0\xff", 4}).stop()),
              HasSubstr("invalid UTF-8"));
  EXPECT_THAT(error("\x80\x02}"), HasSubstr("unexpected end"));
  EXPECT_THAT(error("\x80\x02}.N"), HasSubstr("data behind the end"));
}

TEST(PickleTest, LimitsStackMarksAndMemo) {
  EXPECT_THAT(error(PickleBuilder().raw(std::string(1'000'001, 'N')).stop()),
              HasSubstr("more than 1000000 values on the stack"));
  EXPECT_THAT(error(PickleBuilder().raw(std::string(1'000'001, '(')).stop()),
              HasSubstr("more than 1000000 marks"));
  std::string tuples = "N";
  for (int i = 0; i < 2'000'001; ++i)
    tuples += '\x85';
  EXPECT_THAT(error(PickleBuilder().raw(tuples).stop()),
              HasSubstr("more than 2000000 values"));
  EXPECT_THAT(error(PickleBuilder().raw("}r\xff\xff\xff\xff").stop()),
              HasSubstr("memo index 4294967295 out of range"));
  EXPECT_THAT(error(PickleBuilder().raw("h\5").stop()),
              HasSubstr("memo index 5 was never written"));
}

TEST(PickleTest, LimitsTensorsAndSize) {
  PickleBuilder pickle;
  pickle.global("torch._utils", "_rebuild_tensor_v2").raw("q\1(");
  pickle.storage("CharStorage", "0", 4).integer(0);
  pickle.integers({4}).integers({1}).raw("\x89}tq\2R(");
  for (int i = 0; i < (1 << 18); ++i)
    pickle.raw("h\1h\2R");
  EXPECT_THAT(error(pickle.stop(), {kFour}),
              HasSubstr("more than 262144 tensors"));
  EXPECT_THAT(
      message(readZip(
          buildZip({{"a/data.pkl", std::string((64 << 20) + 1, 'N'), true}})
              .text())),
      HasSubstr("expected at most 67108864 bytes"));
}

TEST(PickleTest, RefusesCyclesAndChangesAfterUse) {
  EXPECT_THAT(error(PickleBuilder().raw("]q\1h\1a").stop()),
              HasSubstr("a container inside of itself"));
  // A list goes into a tuple, then grows.
  EXPECT_THAT(error(PickleBuilder().raw("]q\1\x85h\1Na").stop()),
              HasSubstr("a container changes after its use"));
}

TEST(PickleTest, RefusesBadStorages) {
  auto storage = [](llvm::StringRef type, llvm::StringRef key, int count) {
    return error(dictOf([&](PickleBuilder &p) {
                   p.tensor(type, key, count, 0, {1}, {1});
                 }),
                 {kFour});
  };
  EXPECT_EQ(storage("CharStorage", "0", 4), "");
  EXPECT_THAT(storage("CharStorage", "7", 4),
              HasSubstr("found no member for storage '7'"));
  EXPECT_THAT(storage("CharStorage", "../0", 4),
              HasSubstr("expected a number as the key"));
  EXPECT_THAT(storage("CharStorage", "0", 5),
              HasSubstr("expected 5 elements of 1 bytes in storage '0', but "
                        "got 4 bytes"));
  EXPECT_THAT(storage("FloatStorage", "0", 4),
              HasSubstr("expected 4 elements"));
  EXPECT_THAT(storage("CharStorage", "0", -1), HasSubstr("elements"));
  PickleBuilder two;
  two.raw("(").storage("CharStorage", "0", 4).storage("FloatStorage", "0", 1);
  EXPECT_THAT(error(two.raw("t").stop(), {kFour}),
              HasSubstr("storage '0' is used with two types"));
  EXPECT_THAT(error(PickleBuilder().raw("NQ").stop()),
              HasSubstr("expected a persistent id of a storage"));
}

TEST(PickleTest, RefusesBadTensors) {
  auto tensor = [](int offset, std::vector<int32_t> sizes,
                   std::vector<int32_t> strides) {
    return error(dictOf([&](PickleBuilder &p) {
                   p.tensor("CharStorage", "0", 4, offset, sizes, strides);
                 }),
                 {kFour});
  };
  EXPECT_THAT(tensor(3, {2}, {1}), HasSubstr("reaches beyond its storage"));
  EXPECT_THAT(tensor(-1, {1}, {1}), HasSubstr("negative storage offset"));
  EXPECT_THAT(tensor(0, {-2}, {1}), HasSubstr("negative size"));
  EXPECT_THAT(tensor(0, {2}, {}), HasSubstr("as many strides as sizes"));
  PickleBuilder conjugated;
  conjugated.global("torch._utils", "_rebuild_tensor_v2").raw("(");
  conjugated.storage("CharStorage", "0", 4).integer(0);
  conjugated.integers({4}).integers({1}).raw("\x89}}(");
  conjugated.text("conj").raw("\x88utR");
  EXPECT_THAT(error(conjugated.stop(), {kFour}),
              HasSubstr("conjugated or negated views"));
  PickleBuilder arguments;
  arguments.global("torch._utils", "_rebuild_tensor_v2").raw("(NNNtR");
  EXPECT_THAT(error(arguments.stop()), HasSubstr("wrong number of arguments"));
  PickleBuilder notCallable;
  notCallable.global("torch", "FloatStorage").raw(")R");
  EXPECT_THAT(error(notCallable.stop()),
              HasSubstr("a call of what is no function"));
}

TEST(PickleTest, RefusesOtherTopValues) {
  EXPECT_THAT(error(PickleBuilder().raw("]").stop()),
              HasSubstr("expected a dict of tensors"));
  EXPECT_THAT(error(PickleBuilder().raw("}NNs").stop()),
              HasSubstr("expected a dict of tensors"));
  PickleBuilder twice;
  twice.raw("}(").text("w").tensor("CharStorage", "0", 4, 0, {1}, {1});
  twice.text("w").tensor("CharStorage", "0", 4, 0, {1}, {1}).raw("u");
  EXPECT_THAT(error(twice.stop(), {kFour}), HasSubstr("key 'w' comes twice"));
}

TEST(PickleTest, RefusesOtherZipFilesAndByteOrders) {
  EXPECT_THAT(message(readZip(buildZip({}).text())),
              HasSubstr("got an empty ZIP file"));
  EXPECT_THAT(message(readZip(buildZip({{"a/b", ""}}).text())),
              HasSubstr("found no data.pkl"));
  EXPECT_THAT(message(readZip(buildZip({{"a/data.pkl", "\x80\x02}."},
                                        {"a/byteorder", "big"}})
                                  .text())),
              HasSubstr("expected byte order 'little', but got 'big'"));
  EXPECT_EQ(message(readZip(buildZip({{"a/data.pkl", "\x80\x02}."}}).text())),
            "");
}

} // namespace
} // namespace pt2e
