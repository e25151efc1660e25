#include "pt2e/Numerics/Halves.h"

#include <cstring>

namespace {
uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

constexpr uint32_t kSign = 0x80000000;
constexpr uint32_t kInfinity = 0x7f800000;
/// Between the exponents of f16 and f32.
constexpr uint32_t kBias = 112;
} // namespace

float pt2e::halfToFloat(uint16_t bits) {
  const uint32_t sign = uint32_t{bits & 0x8000u} << 16;
  const uint32_t exponent = (bits >> 10) & 0x1f;
  const uint32_t mantissa = bits & 0x3ff;
  if (exponent == 0)
    return floatOf(bitsOf(static_cast<float>(mantissa) * 0x1p-24f) | sign);
  const uint32_t wide = exponent == 31 ? 0xff : exponent + kBias;
  return floatOf(sign | wide << 23 | mantissa << 13);
}

float pt2e::bfloatToFloat(uint16_t bits) {
  return floatOf(uint32_t{bits} << 16);
}

uint16_t pt2e::floatToHalf(float value) {
  const uint32_t bits = bitsOf(value);
  const uint32_t magnitude = bits & ~kSign;
  const uint16_t sign = (bits & kSign) >> 16;
  if (magnitude > kInfinity)
    return sign | 0x7e00;
  // From halfway between 65504 and 65536 on.
  if (magnitude >= bitsOf(65520.0f))
    return sign | 0x7c00;
  // The last place of a subnormal half is that of 0.5 in f32.
  if (magnitude < bitsOf(0x1p-14f))
    return sign | (bitsOf(floatOf(magnitude) + 0.5f) - bitsOf(0.5f));
  const uint32_t isOdd = magnitude >> 13 & 1;
  return sign | (magnitude - (kBias << 23) + 0xfff + isOdd) >> 13;
}

uint16_t pt2e::floatToBfloat(float value) {
  const uint32_t bits = bitsOf(value);
  if ((bits & ~kSign) > kInfinity)
    return bits >> 16 | 0x40;
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}
