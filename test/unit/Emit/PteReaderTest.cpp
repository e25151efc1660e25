#include "pt2e/Emit/PteFile.h"

#include <random>

#include "gtest/gtest.h"

#include "pt2e/Runtime/Files.h"

namespace pt2e {
namespace {

std::string dataFile(const std::string &name) {
  auto bytes =
      runtime::readFile(std::string(PT2E_TEST_DATA) + "/runtime/" + name);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *bytes : "";
}

TEST(PteReaderTest, ReadsProgramsOfTheStockWriter) {
  auto file = readPte(dataFile("resnet8_pc_128.pte"));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->methods.size(), 1);
  const PteMethod &method = file->methods[0];
  EXPECT_EQ(method.name, "forward");
  ASSERT_EQ(method.inputs.size(), 1);
  EXPECT_EQ(method.values[method.inputs[0]].text, "f32 [1, 1, 28, 28]");
  EXPECT_EQ(method.values[method.outputs[0]].text, "f32 [1, 10]");
  ASSERT_EQ(method.delegates.size(), 1);
  ASSERT_TRUE(method.delegates[0].graph);
  const XnnGraph &graph = *method.delegates[0].graph;
  int convolutions = 0;
  for (const XnnNode &node : graph.nodes) {
    if (node.type != "Conv2d")
      continue;
    ++convolutions;
    ASSERT_EQ(node.inputs.size(), 3);
    EXPECT_EQ(graph.values[node.inputs[0]].dtype, "qint8");
    EXPECT_EQ(graph.values[node.inputs[1]].dtype, "qcint8");
    EXPECT_EQ(graph.values[node.inputs[1]].numScales,
              graph.values[node.inputs[1]].dims[0]);
  }
  EXPECT_EQ(convolutions, 8); // the first is a depthwise one
}

TEST(PteReaderTest, ReadsKernelCallsAndDynamicSizes) {
  auto file = readPte(dataFile("observe.pte"));
  ASSERT_TRUE(file.ok()) << file.status();
  const PteMethod &method = file->methods[0];
  EXPECT_EQ(method.values[method.inputs[0]].text, "f32 [<=4, <=3]");
  ASSERT_EQ(method.calls.size(), 2);
  EXPECT_EQ(method.calls[0].kernel, "pt2e::observe.out");
  EXPECT_EQ(method.values[method.calls[0].arguments[1]].text, "int 7");
  EXPECT_EQ(method.arenaBytes, 48);
}

TEST(PteReaderTest, DamageIsAnErrorOrHarmless) {
  for (const char *name : {"observe.pte", "channels_last.pte"}) {
    const std::string whole = dataFile(name);
    for (size_t size = 0; size < whole.size(); ++size)
      (void)readPte(std::string_view(whole).substr(0, size));
    std::mt19937 random(1);
    for (int i = 0; i < 20000; ++i) {
      std::string damaged = whole;
      for (int j = 0; j < 3; ++j)
        damaged[random() % damaged.size()] = random();
      (void)readPte(damaged);
    }
  }
  EXPECT_EQ(readPte("short").status().message(),
            "expected an ExecuTorch program (ET12)");
  std::string cut = dataFile("resnet8_pc_128.pte");
  cut.resize(cut.size() / 2);
  EXPECT_FALSE(readPte(cut).ok());
}

} // namespace
} // namespace pt2e
