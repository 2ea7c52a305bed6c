// GGML's block types with 4 to 8 bits an element, for float_conversion.cc.
#pragma once

#include "model/weights/block_bytes.h"
#include "model/weights/element_type.h"

namespace vffn {

// Each function below turns one block into its elements: d is the scale, m the minimum.

struct Q4_0 {  // d (half), 16 bytes: low nibbles are elements 0-15, high nibbles 16-31
  static constexpr ElementType kType = ElementType::kQ4_0;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block);
    const char* q = block + 2;
    for (int i = 0; i < 16; ++i) {
      out[i] = d * static_cast<float>((Byte(q[i]) & 15) - 8);
      out[i + 16] = d * static_cast<float>((Byte(q[i]) >> 4) - 8);
    }
  }
};

struct Q4_1 {  // d, m (halves), nibbles as Q4_0
  static constexpr ElementType kType = ElementType::kQ4_1;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block);
    const float m = LoadHalf(block + 2);
    const char* q = block + 4;
    for (int i = 0; i < 16; ++i) {
      out[i] = d * static_cast<float>(Byte(q[i]) & 15) + m;
      out[i + 16] = d * static_cast<float>(Byte(q[i]) >> 4) + m;
    }
  }
};

struct Q5_0 {  // d (half), the fifth bits of elements 0-31 (u32), nibbles as Q4_0
  static constexpr ElementType kType = ElementType::kQ5_0;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block);
    const uint32_t high = LoadBytes<uint32_t>(block + 2);
    const char* q = block + 6;
    for (int i = 0; i < 16; ++i) {
      const int low_element = (Byte(q[i]) & 15) | static_cast<int>((high >> i & 1) << 4);
      const int high_element = (Byte(q[i]) >> 4) | static_cast<int>((high >> (i + 16) & 1) << 4);
      out[i] = d * static_cast<float>(low_element - 16);
      out[i + 16] = d * static_cast<float>(high_element - 16);
    }
  }
};

struct Q5_1 {  // d, m (halves), fifth bits and nibbles as Q5_0
  static constexpr ElementType kType = ElementType::kQ5_1;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block);
    const float m = LoadHalf(block + 2);
    const uint32_t high = LoadBytes<uint32_t>(block + 4);
    const char* q = block + 8;
    for (int i = 0; i < 16; ++i) {
      const int low_element = (Byte(q[i]) & 15) | static_cast<int>((high >> i & 1) << 4);
      const int high_element = (Byte(q[i]) >> 4) | static_cast<int>((high >> (i + 16) & 1) << 4);
      out[i] = d * static_cast<float>(low_element) + m;
      out[i + 16] = d * static_cast<float>(high_element) + m;
    }
  }
};

struct Q8_0 {  // d (half), 32 signed bytes
  static constexpr ElementType kType = ElementType::kQ8_0;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block);
    for (int i = 0; i < 32; ++i) {
      out[i] = static_cast<float>(static_cast<int8_t>(block[2 + i])) * d;
    }
  }
};

/// The 6-bit scale and minimum of one of the eight groups of a Q4_K or Q5_K block, packed in 12 bytes: groups
/// 0-3 in the low six bits of bytes 0-3 and 4-7, groups 4-7 with four bits in bytes 8-11 and two at the top
/// of bytes 0-7.
struct GroupScale {
  float scale;
  float minimum;

  GroupScale(const char* packed, int group) {
    const int i = group & 3;
    const int d = Byte(packed[i]);
    const int m = Byte(packed[4 + i]);
    const int both = Byte(packed[8 + i]);
    scale = static_cast<float>(group < 4 ? d & 63 : (both & 15) | (d >> 2 & 48));
    minimum = static_cast<float>(group < 4 ? m & 63 : (both >> 4) | (m >> 2 & 48));
  }
};

struct Q4_K {  // d, dmin (halves), 12 bytes of group scales, 128 bytes: groups 2k and 2k+1 are nibbles of
               // bytes 32k..
  static constexpr ElementType kType = ElementType::kQ4_K;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block);
    const float dmin = LoadHalf(block + 2);
    for (int group = 0; group < 8; ++group) {
      const GroupScale packed(block + 4, group);
      const float scale = d * packed.scale;
      const float minimum = dmin * packed.minimum;
      const char* q = block + 16 + 32 * (group / 2);
      const int shift = 4 * (group % 2);
      for (int i = 0; i < 32; ++i) {
        out[32 * group + i] = scale * static_cast<float>(Byte(q[i]) >> shift & 15) - minimum;
      }
    }
  }
};

struct Q5_K {  // as Q4_K with 32 bytes between: bit g of byte i is the fifth bit of element i of group g
  static constexpr ElementType kType = ElementType::kQ5_K;
  static void Convert(const char* block, float* out) {
    const float d = LoadHalf(block);
    const float dmin = LoadHalf(block + 2);
    const char* high = block + 16;
    for (int group = 0; group < 8; ++group) {
      const GroupScale packed(block + 4, group);
      const float scale = d * packed.scale;
      const float minimum = dmin * packed.minimum;
      const char* q = block + 48 + 32 * (group / 2);
      const int shift = 4 * (group % 2);
      for (int i = 0; i < 32; ++i) {
        const int element = (Byte(q[i]) >> shift & 15) | (Byte(high[i]) >> group & 1) << 4;
        out[32 * group + i] = scale * static_cast<float>(element) - minimum;
      }
    }
  }
};

struct Q6_K {  // 128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 signed group scales, d (half)
  static constexpr ElementType kType = ElementType::kQ6_K;
  static void Convert(const char* block, float* out) {
    const char* scales = block + 192;
    const float d = LoadHalf(block + 208);
    for (int part = 0; part < 8; ++part) {  // 32 elements, two groups of 16
      const int half = part / 4;
      const int quarter = part % 4;
      const char* low = block + 64 * half + 32 * (quarter % 2);
      const char* high = block + 128 + 32 * half;
      const int low_shift = 4 * (quarter / 2);
      const int high_shift = 2 * quarter;
      for (int group = 0; group < 2; ++group) {
        const float scale = d * static_cast<float>(static_cast<int8_t>(scales[2 * part + group]));
        for (int i = 16 * group; i < 16 * group + 16; ++i) {
          const int element = (Byte(low[i]) >> low_shift & 15) | (Byte(high[i]) >> high_shift & 3) << 4;
          out[32 * part + i] = scale * static_cast<float>(element - 32);
        }
      }
    }
  }
};

}  // namespace vffn
