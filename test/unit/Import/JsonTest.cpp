#include "pt2e/Import/Json.h"
#include "Errors.h"

#include <cmath>

using testing::HasSubstr;

namespace pt2e {
namespace {

std::string skipError(llvm::StringRef text) {
  JsonReader in(text, "x");
  if (in.skip())
    in.end();
  return message(in.takeError());
}

template <typename T>
std::string readError(llvm::StringRef text, T &value,
                      bool (JsonReader::*read)(T &)) {
  JsonReader in(text, "x");
  if ((in.*read)(value))
    in.end();
  return message(in.takeError());
}

TEST(JsonTest, ReadsObjectsAndArraysInOrder) {
  JsonReader in(R"( {"a" : [1, -2],"b":{}, "\u0063":null} )", "x");
  std::string trace;
  EXPECT_TRUE(in.object([&](llvm::StringRef key) {
    trace += key.str() + ":";
    if (in.null())
      return true;
    if (in.peek() == JsonReader::Kind::Object)
      return in.skip();
    return in.array([&] {
      int64_t value = 0;
      bool ok = in.integer(value);
      trace += std::to_string(value) + ",";
      return ok;
    });
  }));
  EXPECT_TRUE(in.end());
  EXPECT_EQ(trace, "a:1,-2,b:c:");
}

TEST(JsonTest, IntegersHaveAllSixtyFourBits) {
  int64_t value = 0;
  EXPECT_EQ(readError("9223372036854775807", value, &JsonReader::integer), "");
  EXPECT_EQ(value, INT64_MAX);
  EXPECT_EQ(readError("-9223372036854775808", value, &JsonReader::integer), "");
  EXPECT_EQ(value, INT64_MIN);
  EXPECT_THAT(readError("9223372036854775808", value, &JsonReader::integer),
              HasSubstr("integer outside 64 bits"));
  EXPECT_EQ(readError("1.5", value, &JsonReader::integer),
            "x: expected an integer, but got '1.5' (at byte 3)");
  EXPECT_THAT(readError("\"1\"", value, &JsonReader::integer),
              HasSubstr("expected an integer, but got a string"));
}

TEST(JsonTest, NumbersMayBeInfiniteOrNotANumber) {
  double value = 0;
  for (const char *text : {"Infinity", "\"Infinity\""}) {
    EXPECT_EQ(readError(text, value, &JsonReader::number), "");
    EXPECT_EQ(value, INFINITY);
  }
  for (const char *text : {"-Infinity", "\"-Infinity\""}) {
    EXPECT_EQ(readError(text, value, &JsonReader::number), "");
    EXPECT_EQ(value, -INFINITY);
  }
  for (const char *text : {"NaN", "\"NaN\""}) {
    EXPECT_EQ(readError(text, value, &JsonReader::number), "");
    EXPECT_TRUE(std::isnan(value));
  }
  EXPECT_EQ(readError("0.024184739217162132", value, &JsonReader::number), "");
  EXPECT_EQ(value, 0.024184739217162132);
  EXPECT_EQ(readError("3", value, &JsonReader::number), "");
  EXPECT_EQ(value, 3);
  EXPECT_NE(readError("\"inf\"", value, &JsonReader::number), "");
  EXPECT_THAT(readError("1e999", value, &JsonReader::number),
              HasSubstr("outside the range of a double"));
}

TEST(JsonTest, NumbersFollowTheGrammar) {
  for (const char *text :
       {"01", "-", "1.", ".5", "1e", "+1", "--1", "-NaN", "0x10", "Inf", "1e+"})
    EXPECT_NE(skipError(text), "") << text;
  for (const char *text : {"0", "-0", "1e5", "1E-05", "0.25", "-1.5e+3"})
    EXPECT_EQ(skipError(text), "") << text;
}

TEST(JsonTest, StringsAreUnescaped) {
  std::string value;
  EXPECT_EQ(readError(R"("a\"\\\/\b\f\n\r\t")", value, &JsonReader::string),
            "");
  EXPECT_EQ(value, "a\"\\/\b\f\n\r\t");
  for (const char *text :
       {R"("\u00e9\ud83d\ude00")", "\"\xc3\xa9\xf0\x9f\x98\x80\""}) {
    EXPECT_EQ(readError(text, value, &JsonReader::string), "");
    EXPECT_EQ(value, "\xc3\xa9\xf0\x9f\x98\x80");
  }
}

TEST(JsonTest, RefusesBadStrings) {
  std::string value;
  auto error = [&](llvm::StringRef text) {
    return readError(text, value, &JsonReader::string);
  };
  EXPECT_THAT(error(R"("\ud83d")"), HasSubstr("lone surrogate"));
  EXPECT_THAT(error(R"("\ude00")"), HasSubstr("lone surrogate"));
  EXPECT_THAT(error(R"("\ud83d\u0041")"), HasSubstr("lone surrogate"));
  EXPECT_THAT(error(R"("\u12")"), HasSubstr("invalid \\u escape"));
  EXPECT_THAT(error(R"("\x")"), HasSubstr("invalid escape"));
  EXPECT_THAT(error("\"a\nb\""), HasSubstr("control character"));
  EXPECT_THAT(error("\"\xff\""), HasSubstr("invalid UTF-8"));
  EXPECT_THAT(error("\"abc"), HasSubstr("the end of the text"));
  EXPECT_THAT(error("\"abc\\"), HasSubstr("the end of the text"));
}

TEST(JsonTest, RefusesWhatIsNoJson) {
  for (const char *text :
       {"", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1,}",
        "{a:1}", "nul", "tru", "falsy", "[1 2]", "{\"a\" 1}", "1 2", "]"})
    EXPECT_NE(skipError(text), "") << text;
}

TEST(JsonTest, LimitsDepth) {
  auto nested = [](unsigned depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(skipError(nested(192)), "");
  EXPECT_THAT(skipError(nested(193)), HasSubstr("nested deeper than 192"));
  EXPECT_THAT(skipError(std::string(10'000'000, '[')),
              HasSubstr("nested deeper than 192"));
}

TEST(JsonTest, RefusesAKeyThatComesTwice) {
  EXPECT_THAT(skipError(R"({"a": 1, "bb": 2, "\u0061": 3})"),
              HasSubstr("key 'a' comes twice"));
  EXPECT_EQ(skipError(R"({"a": {"a": 1}, "b": {"a": 1}})"), "");
}

TEST(JsonTest, LimitsKeys) {
  std::string text = "{";
  for (int i = 0; i < 1'000'001; ++i)
    text += "\"" + std::to_string(i) + "\":0,";
  EXPECT_THAT(skipError(text),
              HasSubstr("more than 1000000 keys in an object"));
}

TEST(JsonTest, ErrorsNameThePath) {
  JsonReader in(R"({"a": [{"b": 1}, {"b": "x"}]})", "m.pt2: models/m.json");
  int64_t value = 0;
  EXPECT_FALSE(in.object([&](llvm::StringRef) {
    return in.array([&] {
      return in.object([&](llvm::StringRef) { return in.integer(value); });
    });
  }));
  EXPECT_EQ(message(in.takeError()),
            "m.pt2: models/m.json: a[1].b: expected an integer, but got a "
            "string (at byte 23)");
}

TEST(JsonTest, QuotesNamesForMessages) {
  EXPECT_EQ(pt2e::quoted("a\x1b[31m"), "'a\\1B[31m'");
  EXPECT_EQ(quoted(llvm::StringRef(std::string(1000, 'a'))).size(), 205u);
}

} // namespace
} // namespace pt2e
