#include "pt2e/Import/Zip.h"
#include "Errors.h"
#include "ZipBuilder.h"

#include <fstream>

using testing::HasSubstr;

namespace pt2e {
namespace {

using Zip = llvm::Expected<std::shared_ptr<const ZipFile>>;

Zip open(std::vector<uint8_t> bytes) {
  auto source = ByteSource::fromMemory(std::move(bytes));
  return ZipFile::open(source, source->bytes(), "x.pt2");
}

std::string openError(const BuiltZip &zip) { return message(open(zip.bytes)); }

std::string text(const ZipFile &zip, llvm::StringRef name) {
  const ZipEntry *entry = zip.find(name);
  if (!entry)
    return "no member";
  auto bytes = zip.read(*entry, UINT64_MAX);
  return bytes ? bytes->text().str() : message(std::move(bytes));
}

const std::vector<ZipMember> kTwo{{"a", "first"}, {"dir/b", "second"}};

TEST(ZipTest, ReadsStoredMembersInPlace) {
  auto source = ByteSource::fromMemory(buildZip(kTwo).bytes);
  Zip zip = ZipFile::open(source, source->bytes(), "x.pt2");
  ASSERT_TRUE(bool(zip));
  EXPECT_EQ((*zip)->entries().size(), 2u);
  EXPECT_EQ(text(**zip, "a"), "first");
  EXPECT_EQ(text(**zip, "dir/b"), "second");
  auto bytes = (*zip)->read((*zip)->entries()[0], 5);
  ASSERT_TRUE(bool(bytes));
  EXPECT_GE(bytes->bytes.data(), source->bytes().begin());
  EXPECT_LT(bytes->bytes.data(), source->bytes().end());
}

TEST(ZipTest, ReadsWhatPyTorchWrites) {
  Zip zip = open(buildZip(kTwo, kTorchStyle).bytes);
  ASSERT_TRUE(bool(zip)) << message(std::move(zip));
  EXPECT_EQ(text(**zip, "dir/b"), "second");
  EXPECT_EQ((*zip)->entries()[1].dataOffset % 64, 0u);
}

TEST(ZipTest, ReadsDeflatedMembers) {
  std::string data(100'000, 'x');
  Zip zip = open(buildZip({{"a", data, true}, {"empty", "", true}}).bytes);
  ASSERT_TRUE(bool(zip)) << message(std::move(zip));
  EXPECT_EQ(text(**zip, "a"), data);
  EXPECT_EQ(text(**zip, "empty"), "");
}

TEST(ZipTest, LeavesFoldersOut) {
  Zip zip = open(buildZip({{"dir/", ""}, {"dir/a", "x"}}).bytes);
  ASSERT_TRUE(bool(zip));
  EXPECT_EQ((*zip)->entries().size(), 1u);
  EXPECT_EQ(openError(buildZip({{"dir/", "x"}})),
            "x.pt2: member 'dir/': a folder with contents");
}

TEST(ZipTest, TakesTheEndRecordAtTheEndNotOneInsideAMember) {
  std::string inner = buildZip({{"inner", "x"}}).text();
  Zip opened = open(buildZip({{"a.pt", inner}}).bytes);
  ASSERT_TRUE(bool(opened));
  ASSERT_NE((*opened)->find("a.pt"), nullptr);
  EXPECT_EQ((*opened)->find("inner"), nullptr);
  auto nested = (*opened)->openNested(*(*opened)->find("a.pt"));
  ASSERT_TRUE(bool(nested));
  EXPECT_EQ(text(**nested, "inner"), "x");
}

TEST(ZipTest, AcceptsACommentThatEndsWithTheFile) {
  BuiltZip zip = buildZip(kTwo);
  zip.put16(zip.endRecord + 20, 3);
  EXPECT_THAT(openError(zip), HasSubstr("found no end record"));
  zip.bytes.insert(zip.bytes.end(), {'a', 'b', 'c'});
  EXPECT_EQ(openError(zip), "");
}

TEST(ZipTest, RefusesTrailingAndPrefixedData) {
  BuiltZip zip = buildZip(kTwo);
  zip.bytes.push_back(0);
  EXPECT_EQ(openError(zip),
            "x.pt2: expected a ZIP file, but found no end record");
  zip = buildZip(kTwo);
  zip.bytes.insert(zip.bytes.begin(), 7, 0);
  EXPECT_THAT(openError(zip), HasSubstr("directory to end at its end record"));
}

TEST(ZipTest, RefusesWhatIsNoZip) {
  EXPECT_EQ(message(open({})), "x.pt2: expected a ZIP file, but got 0 bytes");
  EXPECT_THAT(message(open(std::vector<uint8_t>(100'000))),
              HasSubstr("found no end record"));
}

TEST(ZipTest, EveryTruncationIsAnError) {
  for (ZipStyle style : {ZipStyle(), kTorchStyle}) {
    BuiltZip zip = buildZip(kTwo, style);
    while (!zip.bytes.empty()) {
      zip.bytes.pop_back();
      EXPECT_NE(openError(zip), "");
    }
  }
}

TEST(ZipTest, NoDamagedByteCrashesAndDataIsRightOrRefused) {
  for (ZipStyle style : {ZipStyle(), kTorchStyle}) {
    BuiltZip whole = buildZip({{"a", "first", true}, {"b", "second"}}, style);
    for (size_t i = 0; i < whole.bytes.size(); ++i) {
      for (uint8_t value : {0x00, 0x7f, 0xff}) {
        BuiltZip zip = whole;
        zip.bytes[i] = value;
        Zip opened = open(zip.bytes);
        if (!opened) {
          EXPECT_NE(message(std::move(opened)), "");
          continue;
        }
        for (const ZipEntry &entry : (*opened)->entries()) {
          auto bytes = (*opened)->read(entry, UINT64_MAX);
          if (bytes)
            EXPECT_THAT(bytes->text(), testing::AnyOf("first", "second", ""));
          else
            llvm::consumeError(bytes.takeError());
        }
      }
    }
  }
}

TEST(ZipTest, RefusesSeveralDisks) {
  BuiltZip zip = buildZip(kTwo);
  zip.put16(zip.endRecord + 4, 1);
  EXPECT_THAT(openError(zip), HasSubstr("several disks"));
  zip = buildZip(kTwo);
  zip.put16(zip.endRecord + 8, 1);
  EXPECT_THAT(openError(zip), HasSubstr("several disks"));
}

TEST(ZipTest, RefusesMoreMembersThanTheDirectoryHolds) {
  BuiltZip zip = buildZip(kTwo);
  zip.put16(zip.endRecord + 8, 9);
  zip.put16(zip.endRecord + 10, 9);
  EXPECT_THAT(openError(zip), HasSubstr("too many members"));
  zip.put16(zip.endRecord + 8, 1);
  zip.put16(zip.endRecord + 10, 1);
  EXPECT_THAT(openError(zip), HasSubstr("damaged ZIP directory"));
}

TEST(ZipTest, RefusesEndRecordsThatDisagree) {
  BuiltZip zip = buildZip(kTwo, kTorchStyle);
  zip.put16(zip.endRecord + 10, 1);
  EXPECT_THAT(openError(zip), HasSubstr("disagree"));
  zip = buildZip(kTwo, kTorchStyle);
  zip.put64(zip.endRecord - 20 + 8, 0);
  EXPECT_THAT(openError(zip), HasSubstr("damaged ZIP64 end record"));
  zip = buildZip(kTwo);
  zip.put16(zip.endRecord + 8, 0xffff);
  zip.put16(zip.endRecord + 10, 0xffff);
  EXPECT_THAT(openError(zip), HasSubstr("expected a ZIP64 end record"));
}

TEST(ZipTest, RefusesOffsetsOutsideOfTheFile) {
  BuiltZip zip = buildZip(kTwo);
  zip.put32(zip.directoryEntries[0] + 42, 0x7fffffff);
  EXPECT_EQ(openError(zip), "x.pt2: member 'a': found no local header");
  zip = buildZip(kTwo, kTorchStyle);
  size_t extra = zip.directoryEntries[0] + 46 + 1 + 4;
  zip.put64(extra + 16, UINT64_MAX - 3);
  EXPECT_EQ(openError(zip), "x.pt2: member 'a': found no local header");
  zip = buildZip(kTwo, kTorchStyle);
  zip.put64(extra, UINT64_MAX - 3);
  zip.put64(extra + 8, UINT64_MAX - 3);
  EXPECT_EQ(openError(zip),
            "x.pt2: member 'a': the data reaches into the directory");
  zip = buildZip(kTwo);
  zip.put16(zip.localHeaders[1] + 28, 0xffff);
  EXPECT_EQ(openError(zip), "x.pt2: member 'dir/b': the local header reaches "
                            "into the directory");
}

TEST(ZipTest, RefusesLocalHeadersThatDisagree) {
  BuiltZip zip = buildZip(kTwo);
  zip.bytes[zip.localHeaders[0] + 30] = 'z';
  EXPECT_THAT(openError(zip), HasSubstr("another name"));
  zip = buildZip(kTwo);
  zip.put16(zip.localHeaders[0] + 8, 8);
  EXPECT_THAT(openError(zip), HasSubstr("another method"));
}

TEST(ZipTest, RefusesStoredMembersOfTwoSizes) {
  BuiltZip zip = buildZip(kTwo);
  zip.put32(zip.directoryEntries[0] + 24, 1 << 30);
  EXPECT_EQ(openError(zip), "x.pt2: member 'a': a stored member of two sizes");
}

TEST(ZipTest, RefusesOverlappingMembers) {
  // Both directory entries refer to one local header.
  BuiltZip zip = buildZip({{"a", "first"}, {"a", "other"}});
  zip.put32(zip.directoryEntries[1] + 42, zip.localHeaders[0]);
  EXPECT_EQ(openError(zip), "x.pt2: member 'a': overlaps member 'a'");
}

TEST(ZipTest, RefusesNamesThatComeTwice) {
  EXPECT_EQ(openError(buildZip({{"a", "1"}, {"a", "2"}})),
            "x.pt2: member 'a': comes twice");
}

TEST(ZipTest, RefusesNamesThatAreNoRelativePaths) {
  for (std::string name : {"/a", "../a", "a/../b", "a\\b", "", "\xff"})
    EXPECT_THAT(openError(buildZip({{name, "x"}})),
                HasSubstr("not a name for a member"));
  EXPECT_THAT(openError(buildZip({{std::string("a\0b", 3), "x"}})),
              HasSubstr("'a\\00b': not a name for a member"));
}

TEST(ZipTest, RefusesEncryptionPatchesAndOtherMethods) {
  BuiltZip zip = buildZip(kTwo);
  zip.put16(zip.directoryEntries[0] + 8, 1);
  EXPECT_THAT(openError(zip), HasSubstr("encrypted"));
  zip.put16(zip.directoryEntries[0] + 8, 1 << 5);
  EXPECT_THAT(openError(zip), HasSubstr("patched"));
  zip = buildZip(kTwo);
  zip.put16(zip.directoryEntries[0] + 10, 12);
  EXPECT_THAT(openError(zip), HasSubstr("but got method 12"));
}

TEST(ZipTest, RefusesDeflateBombs) {
  // More than deflate can make.
  BuiltZip zip = buildZip({{"a", std::string(10'000, 'x'), true}});
  zip.put32(zip.directoryEntries[0] + 24, 1 << 30);
  EXPECT_THAT(openError(zip), HasSubstr("more bytes than deflate can make"));
  // Less, and more, than the member really has.
  for (uint32_t size : {9'999, 10'001}) {
    zip.put32(zip.directoryEntries[0] + 24, size);
    Zip opened = open(zip.bytes);
    ASSERT_TRUE(bool(opened));
    EXPECT_THAT(text(**opened, "a"), HasSubstr("damaged deflate data"));
  }
}

TEST(ZipTest, LimitsWhatAnArchiveInflatesToInAll) {
  std::string zeros(150 << 20, '\0');
  Zip zip = open(buildZip({{"a", zeros, true}, {"b", zeros, true}}).bytes);
  ASSERT_TRUE(bool(zip));
  EXPECT_EQ(message((*zip)->read(*(*zip)->find("a"), UINT64_MAX)), "");
  EXPECT_EQ(message((*zip)->read(*(*zip)->find("b"), UINT64_MAX)),
            "x.pt2: member 'b': the archive inflates to more than 268435456 "
            "bytes");
}

TEST(ZipTest, RefusesMembersAboveTheLimit) {
  Zip zip = open(buildZip(kTwo).bytes);
  ASSERT_TRUE(bool(zip));
  EXPECT_EQ(message((*zip)->read(*(*zip)->find("a"), 4)),
            "x.pt2: member 'a': expected at most 4 bytes, but got 5");
}

TEST(ZipTest, ChecksTheSumOfAMember) {
  BuiltZip zip = buildZip(kTwo);
  zip.bytes[zip.dataBegins[0]] ^= 1;
  Zip opened = open(zip.bytes);
  ASSERT_TRUE(bool(opened));
  EXPECT_EQ(text(**opened, "a"), "x.pt2: member 'a': checksum mismatch, the "
                                 "file is damaged");
}

TEST(ZipTest, NoticesThatTheFileChanged) {
  std::string path = testing::TempDir() + "changed.zip";
  auto write = [&](const std::string &text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  };
  write(buildZip(kTwo).text());
  auto source = ByteSource::mapFile(path);
  ASSERT_TRUE(bool(source));
  Zip zip = ZipFile::open(*source, (*source)->bytes(), "x.pt2");
  ASSERT_TRUE(bool(zip));
  EXPECT_EQ(text(**zip, "a"), "first");
  write("");
  EXPECT_THAT(text(**zip, "a"), HasSubstr("the file changed"));
}

TEST(ZipTest, FilesThatCannotBeMappedAreErrors) {
  EXPECT_EQ(message(ByteSource::mapFile("/nowhere/x.pt2")),
            "/nowhere/x.pt2: No such file or directory");
  EXPECT_EQ(message(ByteSource::mapFile("/")), "/: expected a regular file");
}

} // namespace
} // namespace pt2e
