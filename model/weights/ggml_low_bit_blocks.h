// GGML's block types with few bits an element and those with a table of values, for float_conversion.cc.
#pragma once

#include <array>

#include "model/weights/block_bytes.h"
#include "model/weights/element_type.h"

namespace vffn {

/// The 2-bit number of element `i` of 256: 32 bytes hold elements 0-127, each bit pair one of four groups of
/// 32.
inline int TwoBits(const char* q, int i) {
  return Byte(q[32 * (i / 128) + i % 32]) >> (2 * (i / 32 % 4)) & 3;
}

struct Q2_K {  // 16 bytes: scale (low nibble) and minimum of groups of 16; 64 bytes of bit pairs; d, dmin
  static constexpr ElementType kType = ElementType::kQ2_K;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block + 80);
    const float dmin = LoadHalf(block + 82);
    for (int group = 0; group < 16; ++group) {
      const float scale = d * static_cast<float>(Byte(block[group]) & 15);
      const float minimum = dmin * static_cast<float>(Byte(block[group]) >> 4);
      for (int i = 16 * group; i < 16 * group + 16; ++i) {
        out[i] = scale * static_cast<float>(TwoBits(block + 16, i)) - minimum;
      }
    }
  }
};

/// 32 bytes: bit i/32 of byte i%32 is set where 4 is not subtracted from element i; 64 bytes of bit pairs; 12
/// bytes of group scales, 6 bits each: the low nibbles in 8 bytes, the upper bit pairs in 4; d (half).
struct Q3_K {
  static constexpr ElementType kType = ElementType::kQ3_K;
  static void Convert(const char* block, float* out) {
    const char* packed = block + 96;
    const float d = LoadHalf(block + 108);
    for (int group = 0; group < 16; ++group) {
      const int low = Byte(packed[group % 8]) >> (4 * (group / 8)) & 15;
      const int high = Byte(packed[8 + group % 4]) >> (2 * (group / 4)) & 3;
      const float scale = d * static_cast<float>((low | high << 4) - 32);
      for (int i = 16 * group; i < 16 * group + 16; ++i) {
        const int offset = (Byte(block[i % 32]) >> (i / 32) & 1) != 0 ? 0 : 4;
        out[i] = scale * static_cast<float>(TwoBits(block + 32, i) - offset);
      }
    }
  }
};

/// The values that the 4-bit numbers of IQ4_NL and IQ4_XS stand for.
inline constexpr std::array<float, 16> kIq4Values = {-127, -104, -83, -65, -49, -35, -22, -10,
                                                     1,    13,   25,  38,  53,  69,  89,  113};

/// 16 bytes of nibbles, elements 0-15 in the low ones.
inline void ConvertNibbles(const char* q, float scale, const std::array<float, 16>& values, float* out) {
  for (size_t i = 0; i < 16; ++i) {
    out[i] = scale * values[Byte(q[i]) & 15];
    out[i + 16] = scale * values[Byte(q[i]) >> 4];
  }
}

struct IQ4_NL {  // d (half), nibbles
  static constexpr ElementType kType = ElementType::kIQ4_NL;
  static void Convert(const char* block, float* out) {
    ConvertNibbles(block + 2, LoadHalf(block), kIq4Values, out);
  }
};

struct IQ4_XS {  // d (half), upper bit pairs of the scales of 8 groups (u16), their low nibbles, nibbles
  static constexpr ElementType kType = ElementType::kIQ4_XS;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block);
    const int high = LoadBytes<uint16_t>(block + 2);
    for (int group = 0; group < 8; ++group) {
      const int low = Byte(block[4 + group / 2]) >> (4 * (group % 2)) & 15;
      const float scale = d * static_cast<float>((low | (high >> (2 * group) & 3) << 4) - 32);
      ConvertNibbles(block + 8 + 16 * group, scale, kIq4Values, out + 32 * group);
    }
  }
};

struct MXFP4 {  // exponent of the scale, nibbles that are E2M1 floats, doubled here because the scale is
                // halved
  static constexpr ElementType kType = ElementType::kMXFP4;
  static void Convert(const char* block, float* out) {
    constexpr std::array<float, 16> kValues = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
    const uint32_t exponent = Byte(block[0]);
    const uint32_t bits = exponent < 2 ? 0x00200000u << exponent : (exponent - 1) << 23;
    ConvertNibbles(block + 1, std::bit_cast<float>(bits), kValues, out);
  }
};

/// Ternary elements: five to a byte, read from its leading base-3 digit on; 32 bytes, 16 bytes, then four to
/// a byte in 4 bytes; d (half).
struct TQ1_0 {
  static constexpr ElementType kType = ElementType::kTQ1_0;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block + 52);
    out = ConvertDigits(block, 32, 5, d, out);
    out = ConvertDigits(block + 32, 16, 5, d, out);
    ConvertDigits(block + 48, 4, 4, d, out);
  }

 private:
  static float* ConvertDigits(const char* bytes, int count, int digits, float d, float* out) {
    constexpr std::array<uint32_t, 5> kPowers = {1, 3, 9, 27, 81};
    for (int digit = 0; digit < digits; ++digit) {
      for (int i = 0; i < count; ++i) {
        const uint32_t rest = Byte(bytes[i]) * kPowers[static_cast<size_t>(digit)] & 255;
        *out++ = d * static_cast<float>(static_cast<int>(rest * 3 >> 8) - 1);
      }
    }
    return out;
  }
};

struct TQ2_0 {  // ternary elements: 64 bytes of bit pairs, d (half)
  static constexpr ElementType kType = ElementType::kTQ2_0;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block + 64);
    for (int i = 0; i < 256; ++i) {
      out[i] = d * static_cast<float>(TwoBits(block, i) - 1);
    }
  }
};

}  // namespace vffn
