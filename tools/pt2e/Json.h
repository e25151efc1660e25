/// \file
/// Numbers and strings as JSON.
#ifndef PT2E_TOOLS_PT2E_JSON_H
#define PT2E_TOOLS_PT2E_JSON_H

#include <string>
#include <string_view>

namespace pt2e::tool {

/// Quoted and escaped. Bytes that are no UTF-8 are passed on as they are.
std::string jsonString(std::string_view text);

/// The shortest decimal that reads back the same; infinities and NaN, which
/// JSON does not know, as strings "inf", "-inf", "nan".
std::string jsonNumber(double value);

/// A C hexadecimal float as a string: "0x1.8p-7".
std::string jsonHex(float value);

} // namespace pt2e::tool

#endif // PT2E_TOOLS_PT2E_JSON_H
