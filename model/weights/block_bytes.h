// Reading the bytes of a block of elements.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace vffn {

template <class T>
T LoadBytes(const char* source) {
  T value;
  std::memcpy(&value, source, sizeof(T));
  return value;
}

inline uint8_t Byte(char c) { return static_cast<uint8_t>(c); }

/// IEEE half to single, exactly, without branches so that loops over it vectorise.
inline float HalfToFloat(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16;
  const uint32_t magnitude = half & 0x7fffu;
  const uint32_t normal = (magnitude << 13) + (112u << 23);
  const uint32_t special = (magnitude << 13) | (255u << 23);
  // 0.5 has the step 2^-24 of subnormal halves.
  const uint32_t subnormal = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude | (126u << 23)) - 0.5f);
  const uint32_t bits = magnitude >= 0x7c00u ? special : (magnitude < 0x400u ? subnormal : normal);
  return std::bit_cast<float>(bits | sign);
}

inline float LoadHalf(const char* source) { return HalfToFloat(LoadBytes<uint16_t>(source)); }

}  // namespace vffn
