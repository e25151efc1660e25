#include "pt2e/Runtime/Npy.h"

#include <cstring>

#include "TestFiles.h"
#include "fmt/format.h"
#include "gmock/gmock.h"

namespace pt2e::runtime {
namespace {

/// A version 1.0 file with that dictionary and those bytes of elements.
std::string npy(std::string dictionary, std::string_view elements = "",
                int version = 1) {
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  dictionary += '\n';
  const uint32_t length = dictionary.size();
  file.append(reinterpret_cast<const char *>(&length), version == 1 ? 2 : 4);
  return file + dictionary + std::string(elements);
}

std::string dict(std::string_view descr, std::string_view shape,
                 bool fortran = false) {
  return fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}",
                     descr, fortran ? "True" : "False", shape);
}

std::string errorOf(const std::string &file) {
  auto tensor = parseNpy(file);
  return tensor.ok() ? "ok" : std::string(tensor.status().message());
}

TEST(NpyTest, ReadsWhatNumPyWrote) {
  auto images = readNpy(dataFile("images_u8.npy"));
  ASSERT_TRUE(images.ok()) << images.status();
  EXPECT_EQ(images->dtype(), DType::U8);
  EXPECT_EQ(images->shape(), (Shape{64, 28, 28}));
  auto labels = readNpy(dataFile("labels.npy"));
  ASSERT_TRUE(labels.ok()) << labels.status();
  EXPECT_EQ(labels->elements<int64_t>()[0], 9);
}

TEST(NpyTest, RoundTripsEveryDtypeAndRank) {
  TemporaryFolder folder;
  const DType dtypes[] = {DType::Bool, DType::U8,  DType::I8,  DType::U16,
                          DType::I16,  DType::U32, DType::I32, DType::U64,
                          DType::I64,  DType::F16, DType::F32, DType::F64};
  const Shape shapes[] = {{}, {0}, {5}, {2, 3}, {3, 0, 2}, {1, 2, 3, 4, 5}};
  for (DType dtype : dtypes)
    for (const Shape &shape : shapes) {
      Tensor tensor(dtype, shape);
      auto *bytes = static_cast<uint8_t *>(tensor.data());
      for (size_t i = 0; i < tensor.numBytes(); ++i)
        bytes[i] = dtype == DType::Bool ? i % 2 : i * 37;
      ASSERT_TRUE(writeNpy(folder / "x.npy", tensor.view()).ok());
      auto back = readNpy(folder / "x.npy");
      ASSERT_TRUE(back.ok()) << back.status();
      EXPECT_EQ(back->dtype(), dtype);
      EXPECT_EQ(back->shape(), shape);
      EXPECT_EQ(std::memcmp(back->data(), tensor.data(), tensor.numBytes()), 0);
    }
}

TEST(NpyTest, BfloatsAreWrittenAsFloats) {
  TemporaryFolder folder;
  const Tensor bfloats =
      Tensor::of<uint16_t>(DType::BF16, {2}, {0x3f80, 0xc049});
  ASSERT_TRUE(writeNpy(folder / "x.npy", bfloats.view()).ok());
  auto writer = NpyWriter::create(folder / "y.npy");
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE(writer->append(bfloats.view()).ok());
  ASSERT_TRUE(writer->commit().ok());
  for (const char *name : {"x.npy", "y.npy"}) {
    auto back = readNpy(folder / name);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->dtype(), DType::F32);
    EXPECT_THAT(back->elements<float>(),
                testing::ElementsAre(1.0f, -3.140625f));
  }
}

TEST(NpyTest, ElementsStartAtAMultipleOf64) {
  TemporaryFolder folder;
  ASSERT_TRUE(
      writeNpy(folder / "x.npy", Tensor(DType::F32, {2, 3}).view()).ok());
  auto header = parseNpyHeader(*readFile(folder / "x.npy"));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->dataOffset % 64, 0);
}

TEST(NpyTest, FortranOrderBecomesRowMajor) {
  // Column major 0..11 of shape [2, 3, 2]: element (i, j, k) is i + 2j + 6k.
  std::string elements;
  for (char i = 0; i < 12; ++i)
    elements += i;
  const std::string file = npy(dict("|i1", "(2, 3, 2)", true), elements);
  auto tensor = parseNpy(file);
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  auto values = tensor->elements<int8_t>();
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 2; ++k)
        EXPECT_EQ(values[i * 6 + j * 2 + k], i + 2 * j + 6 * k);

  TemporaryFolder folder;
  ASSERT_TRUE(writeFile(folder / "f.npy", file).ok());
  auto reader = NpyReader::open(folder / "f.npy");
  ASSERT_TRUE(reader.ok());
  auto row = reader->readRows(1, 1);
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->shape(), (Shape{1, 3, 2}));
  EXPECT_EQ(std::memcmp(row->data(), values.data() + 6, 6), 0);
}

TEST(NpyTest, Versions2And3HaveALongHeaderLength) {
  for (int version : {2, 3}) {
    auto tensor = parseNpy(npy(dict("<i2", "(2,)"), "\1\0\2\0", version));
    EXPECT_FALSE(tensor.ok()) << "a string literal ends at its first zero";
    tensor = parseNpy(npy(dict("<i2", "(2,)"), {"\1\0\2\0", 4}, version));
    ASSERT_TRUE(tensor.ok()) << tensor.status();
    EXPECT_EQ(tensor->elements<int16_t>()[1], 2);
  }
}

TEST(NpyTest, BoolBytesOtherThanZeroBecomeOne) {
  auto tensor = parseNpy(npy(dict("|b1", "(3,)"), {"\0\x02\xff", 3}));
  ASSERT_TRUE(tensor.ok());
  EXPECT_EQ(tensor->elements<uint8_t>()[1], 1);
  EXPECT_EQ(tensor->elements<uint8_t>()[2], 1);
}

TEST(NpyTest, RowsAreReadByThemselves) {
  auto reader = NpyReader::open(dataFile("labels.npy"));
  ASSERT_TRUE(reader.ok());
  auto all = reader->readAll();
  auto some = reader->readRows(10, 3);
  ASSERT_TRUE(some.ok());
  EXPECT_EQ(some->shape(), Shape{3});
  EXPECT_EQ(some->elements<int64_t>()[2], all->elements<int64_t>()[12]);
  EXPECT_FALSE(reader->readRows(62, 3).ok());
  EXPECT_FALSE(reader->readRows(-1, 1).ok());
}

TEST(NpyTest, PiecesBecomeOneFile) {
  TemporaryFolder folder;
  {
    auto writer = NpyWriter::create(folder / "y.npy");
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE(
        writer->append(Tensor::of<float>(DType::F32, {1, 2}, {1, 2}).view())
            .ok());
    ASSERT_TRUE(
        writer
            ->append(Tensor::of<float>(DType::F32, {2, 2}, {3, 4, 5, 6}).view())
            .ok());
    EXPECT_EQ(writer->append(Tensor(DType::F32, {1, 3}).view()).message(),
              "expected another piece of f32 [3, 2] along axis 0, but got f32 "
              "[1, 3]");
    EXPECT_FALSE(std::filesystem::exists(folder / "y.npy"));
    ASSERT_TRUE(writer->commit().ok());
  }
  auto tensor = readNpy(folder / "y.npy");
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_EQ(tensor->shape(), (Shape{3, 2}));
  EXPECT_EQ(tensor->elements<float>()[5], 6);
}

TEST(NpyTest, AWriterThatIsDroppedLeavesNothing) {
  TemporaryFolder folder;
  {
    auto writer = NpyWriter::create(folder / "y.npy");
    ASSERT_TRUE(writer->append(Tensor(DType::F32, {1, 2}).view()).ok());
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(NpyTest, HostileHeadersAreErrors) {
  EXPECT_EQ(errorOf(""), "malformed .npy: it does not start with \\x93NUMPY");
  EXPECT_EQ(errorOf(npy(dict("<f4", "(2, 3)"), "")),
            "malformed .npy: f32 elements of shape [2, 3] need 24 bytes, but 0 "
            "follow the header");
  EXPECT_EQ(errorOf(npy(dict("<f4", "(4611686018427387904, 4)"))),
            "shape [4611686018427387904, 4] holds more bytes than can be "
            "counted");
  EXPECT_EQ(errorOf(npy(dict("<f4", "(99999999999999999999,)"))),
            "malformed .npy: expected sizes of at least 0 in shape");
  EXPECT_EQ(errorOf(npy(dict("<f4", "(-1,)"))),
            "malformed .npy: expected sizes of at least 0 in shape");
  EXPECT_EQ(errorOf(npy(dict(">f4", "(1,)"), "abcd")),
            "expected little-endian elements, but got dtype `>f4`");
  EXPECT_EQ(errorOf(npy(dict("|O", "(1,)"), "abcd")),
            "expected bool, integer or float elements, but got dtype `|O`");
  EXPECT_EQ(errorOf(npy("{'descr': [('a', '<f4')], }")),
            "malformed .npy: structured dtypes are not supported");
  EXPECT_EQ(errorOf(npy("{'descr': '<f4', 'shape': (1,)}", "abcd")),
            "malformed .npy: expected the keys descr, fortran_order and shape");
  EXPECT_EQ(errorOf(npy("{'descr': '<f4', 'descr': '<f4'}")),
            "malformed .npy: unexpected key `descr` in the header");
  EXPECT_EQ(errorOf(npy("{'descr': '<f4' 'fortran_order'")),
            "malformed .npy: expected `,` or `}` in the header");
  EXPECT_EQ(errorOf(npy(dict("<f4", "(1 2)"))),
            "malformed .npy: expected `,` or `)` in shape");
  EXPECT_EQ(errorOf(npy(dict("<f4", "(1,)") + " + 1", "abcd")),
            "malformed .npy: bytes behind the header's dictionary");
  EXPECT_EQ(errorOf(npy(dict("<f4", "(1,)"), "abcd", 4)),
            "malformed .npy: expected format 1.0, 2.0 or 3.0, but got 4.0");
  std::string ones;
  for (int i = 0; i < 33; ++i)
    ones += "1,";
  EXPECT_EQ(errorOf(npy(dict("<f4", "(" + ones + ")"), "abcd")),
            "malformed .npy: rank above 32");
  EXPECT_EQ(errorOf(npy(std::string(70000, ' '), "", 2)),
            "malformed .npy: expected a header of at most 65536 bytes, but got "
            "70013");
}

TEST(NpyTest, EveryTruncationIsAnError) {
  const std::string whole = npy(dict("<f4", "(2,)"), "abcdefgh");
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parseNpy(whole.substr(0, size)).ok()) << size;
}

TEST(NpyTest, ErrorsNameTheFile) {
  EXPECT_EQ(readNpy("/nowhere/x.npy").status().message(),
            "cannot open `/nowhere/x.npy`: No such file or directory");
  EXPECT_EQ(readNpy("/").status().message(),
            "expected a file, but `/` is none");
  TemporaryFolder folder;
  ASSERT_TRUE(writeFile(folder / "x.npy", "hello").ok());
  EXPECT_EQ(readNpy(folder / "x.npy").status().message(),
            folder / "x.npy" +
                ": expected a .npy array, but got a file of no known kind");
}

} // namespace
} // namespace pt2e::runtime
