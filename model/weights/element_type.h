// The element types of tensors in all file formats.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vffn {

/// Plain types as safetensors names them, then GGML's block types.
enum class ElementType : uint8_t {
  kF64,
  kF32,
  kF16,
  kBf16,
  kF8E4M3,
  kF8E5M2,
  kI64,
  kI32,
  kI16,
  kI8,
  kU64,
  kU32,
  kU16,
  kU8,
  kBool,
  kQ4_0,
  kQ4_1,
  kQ5_0,
  kQ5_1,
  kQ8_0,
  kQ4_K,
  kQ5_K,
  kQ6_K,
  kQ2_K,
  kQ3_K,
  kIQ4_NL,
  kIQ4_XS,
  kMXFP4,
  kTQ1_0,
  kTQ2_0,
};

/// How elements are stored: in blocks of `block_elements` that take `block_bytes`. Plain types have blocks of
/// one.
struct ElementFormat {
  ElementType type;
  std::string_view name;
  int64_t block_elements;
  int64_t block_bytes;
  bool real;  ///< represents real numbers, so that weights may have it
};

const ElementFormat& FormatOf(ElementType type);

/// The type of that name ("F32", "BF16", "Q4_K"); nothing if there is none.
std::optional<ElementType> ElementTypeNamed(std::string_view name);

}  // namespace vffn
