// Compiled with -ffp-contract=off. Today every product added to here is exact in float32 (at most 22 bits),
// so a fused multiply-add would change nothing; the option keeps that true of types added later.
#include "model/weights/float_conversion.h"

#include <bit>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "model/weights/block_bytes.h"
#include "model/weights/ggml_blocks.h"
#include "model/weights/ggml_low_bit_blocks.h"
#include "model/weights/vector_versions.h"

namespace vffn {
namespace {

/// The 8-bit float with 4 bits of exponent and 3 of mantissa that has no infinities, exactly.
float Float8E4M3(uint8_t bits) {
  if ((bits & 0x7f) == 0x7f) {
    return std::numeric_limits<float>::quiet_NaN();
  }
  constexpr float kBias = 256.0f;  // a half's exponent counts from 15, this one's from 7
  return HalfToFloat(static_cast<uint16_t>((bits & 0x80) << 8 | (bits & 0x7f) << 7)) * kBias;
}

/// The 8-bit float that is the upper byte of a half.
float Float8E5M2(uint8_t bits) { return HalfToFloat(static_cast<uint16_t>(bits << 8)); }

template <class Block>
void ConvertBlocks(const char* source, int64_t count, float* out) {
  const ElementFormat& format = FormatOf(Block::kType);
  for (int64_t i = 0; i < count / format.block_elements; ++i) {
    Block::Convert(source + i * format.block_bytes, out + i * format.block_elements);
  }
}

}  // namespace

VFFN_VECTOR_VERSIONS void ConvertToFloat(ElementType type, const char* source, int64_t count, float* out) {
  switch (type) {
    case ElementType::kF32:
      std::memcpy(out, source, static_cast<size_t>(count) * sizeof(float));
      return;
    case ElementType::kF16:
      for (int64_t i = 0; i < count; ++i) {
        out[i] = LoadHalf(source + 2 * i);
      }
      return;
    case ElementType::kBf16:
      for (int64_t i = 0; i < count; ++i) {
        out[i] = std::bit_cast<float>(static_cast<uint32_t>(LoadBytes<uint16_t>(source + 2 * i)) << 16);
      }
      return;
    case ElementType::kF8E4M3:
      for (int64_t i = 0; i < count; ++i) {
        out[i] = Float8E4M3(Byte(source[i]));
      }
      return;
    case ElementType::kF8E5M2:
      for (int64_t i = 0; i < count; ++i) {
        out[i] = Float8E5M2(Byte(source[i]));
      }
      return;
    case ElementType::kF64:
      for (int64_t i = 0; i < count; ++i) {
        out[i] = static_cast<float>(LoadBytes<double>(source + 8 * i));
      }
      return;
    case ElementType::kQ4_0:
      return ConvertBlocks<Q4_0>(source, count, out);
    case ElementType::kQ4_1:
      return ConvertBlocks<Q4_1>(source, count, out);
    case ElementType::kQ5_0:
      return ConvertBlocks<Q5_0>(source, count, out);
    case ElementType::kQ5_1:
      return ConvertBlocks<Q5_1>(source, count, out);
    case ElementType::kQ8_0:
      return ConvertBlocks<Q8_0>(source, count, out);
    case ElementType::kQ4_K:
      return ConvertBlocks<Q4_K>(source, count, out);
    case ElementType::kQ5_K:
      return ConvertBlocks<Q5_K>(source, count, out);
    case ElementType::kQ6_K:
      return ConvertBlocks<Q6_K>(source, count, out);
    case ElementType::kQ2_K:
      return ConvertBlocks<Q2_K>(source, count, out);
    case ElementType::kQ3_K:
      return ConvertBlocks<Q3_K>(source, count, out);
    case ElementType::kIQ4_NL:
      return ConvertBlocks<IQ4_NL>(source, count, out);
    case ElementType::kIQ4_XS:
      return ConvertBlocks<IQ4_XS>(source, count, out);
    case ElementType::kMXFP4:
      return ConvertBlocks<MXFP4>(source, count, out);
    case ElementType::kTQ1_0:
      return ConvertBlocks<TQ1_0>(source, count, out);
    case ElementType::kTQ2_0:
      return ConvertBlocks<TQ2_0>(source, count, out);
    default:
      Fail("elements of type ", FormatOf(type).name, " cannot be weights");
  }
}

}  // namespace vffn
