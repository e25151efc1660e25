#include "Json.h"

#include <cmath>

#include "fmt/format.h"

namespace pt2e::tool {

std::string jsonString(std::string_view text) {
  std::string result = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (c < 0x20)
      result += fmt::format("\\u{:04x}", c);
    else
      result += c;
  }
  return result + "\"";
}

std::string jsonNumber(double value) {
  return std::isfinite(value) ? fmt::format("{}", value)
                              : fmt::format("\"{}\"", value);
}

std::string jsonHex(float value) {
  return fmt::format("\"{:a}\"", static_cast<double>(value));
}

} // namespace pt2e::tool
