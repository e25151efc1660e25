//===- ModuleRegexTest.cpp - Regular expressions of module paths ----------===//

#include "lib/Quantizers/ModuleRegex.h"
#include "gtest/gtest.h"

using pt2e::quantizer::compileModuleRegex;

namespace {
/// As `re.match(pattern, text)` of Python answers.
bool matches(llvm::StringRef pattern, llvm::StringRef text) {
  auto regex = compileModuleRegex(pattern);
  EXPECT_TRUE(static_cast<bool>(regex)) << pattern.str();
  if (!regex) {
    llvm::consumeError(regex.takeError());
    return false;
  }
  return regex->match(text);
}

std::string whyNot(llvm::StringRef pattern) {
  auto regex = compileModuleRegex(pattern);
  return regex ? "" : llvm::toString(regex.takeError());
}

TEST(ModuleRegexTest, MatchesAtTheStartAsPython) {
  EXPECT_TRUE(matches("blocks", "blocks.3.conv"));
  EXPECT_FALSE(matches("conv", "blocks.3.conv"));
  EXPECT_TRUE(matches("a|b", "b.c"));
  EXPECT_FALSE(matches("a|b", "c.b"));
}

TEST(ModuleRegexTest, KnowsTheClassesOfPython) {
  EXPECT_TRUE(matches(R"(layer\d+\.)", "layer12.conv"));
  EXPECT_FALSE(matches(R"(layer\d+\.)", "layers.conv"));
  EXPECT_TRUE(matches(R"(\w+\.\D)", "a_1.b"));
  EXPECT_FALSE(matches(R"(\w+\.\D)", "a_1.2"));
  EXPECT_TRUE(matches(R"([\d_]+[^\w\]])", "1_2."));
  EXPECT_FALSE(matches(R"([\d_]+[^\w\]])", "1_2]"));
  EXPECT_TRUE(matches(R"(a\sb\S)", "a bc"));
}

TEST(ModuleRegexTest, KnowsWordsAndEnds) {
  EXPECT_TRUE(matches(R"(conv\b)", "conv.weight"));
  EXPECT_FALSE(matches(R"(conv\b)", "conv2"));
  EXPECT_TRUE(matches(R"(.*\.fc$)", "head.fc"));
  EXPECT_FALSE(matches(R"(.*\.fc\Z)", "head.fc.x"));
}

TEST(ModuleRegexTest, KnowsGroupsAlternativesAndRepeats) {
  EXPECT_TRUE(matches(R"((?:a|bc){2,3}?\.)", "abca."));
  EXPECT_FALSE(matches(R"((?:a|bc){2,3}?\.)", "abcaa."));
  EXPECT_TRUE(matches(R"((?P<name>x)y?)", "x"));
  EXPECT_TRUE(matches(R"(x(|y)z)", "xz"));
  EXPECT_TRUE(matches(R"(x{,2}z)", "xxz"));
  EXPECT_FALSE(matches(R"(x{,2}z)", "xxxz"));
}

TEST(ModuleRegexTest, TakesCharactersThatPosixReadsInAnotherWay) {
  EXPECT_TRUE(matches(R"([]a]b)", "]b"));
  EXPECT_TRUE(matches(R"([a^-]+x)", "^-ax"));
  EXPECT_TRUE(matches(R"([\^])", "^"));
  EXPECT_TRUE(matches(R"([[:x]y)", ":y"));
  EXPECT_TRUE(matches(R"(a{x})", "a{x}"));
  EXPECT_TRUE(matches(R"(\*\-\\)", "*-\\"));
}

TEST(ModuleRegexTest, RefusesWhatItDoesNotMatchAsPythonDoes) {
  EXPECT_EQ(whyNot("(?!head)"),
            "expected a regular expression as Python's re has them, but got "
            "'(?!head)': groups '(?!' are not supported");
  EXPECT_NE(whyNot(R"((a)\1)").find("'\\1' is not supported"),
            std::string::npos);
  EXPECT_NE(whyNot(R"(a\b$)").find("'\\b' in front of another anchor"),
            std::string::npos);
  EXPECT_NE(whyNot("(a").find("a '(' is not closed"), std::string::npos);
  EXPECT_NE(whyNot("a)").find("a ')' closes nothing"), std::string::npos);
  EXPECT_NE(whyNot("[a").find("a set is not closed"), std::string::npos);
  EXPECT_NE(whyNot("[z-a]").find("wrong ends"), std::string::npos);
  EXPECT_NE(whyNot("*a").find("nothing to repeat"), std::string::npos);
  EXPECT_NE(whyNot("a**").find("nothing to repeat"), std::string::npos);
  EXPECT_NE(whyNot("a\\").find("it ends with"), std::string::npos);
  EXPECT_NE(whyNot("((a{99}){99}){99}").find("too large"), std::string::npos);
  EXPECT_NE(whyNot("a{300}").find("more than 255 times"), std::string::npos);
}
} // namespace
