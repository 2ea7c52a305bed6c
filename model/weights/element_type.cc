#include "model/weights/element_type.h"

#include <array>

namespace vffn {
namespace {

using enum ElementType;

constexpr std::array kFormats = {
    ElementFormat{kF64, "F64", 1, 8, true},           ElementFormat{kF32, "F32", 1, 4, true},
    ElementFormat{kF16, "F16", 1, 2, true},           ElementFormat{kBf16, "BF16", 1, 2, true},
    ElementFormat{kF8E4M3, "F8_E4M3", 1, 1, true},    ElementFormat{kF8E5M2, "F8_E5M2", 1, 1, true},
    ElementFormat{kI64, "I64", 1, 8, false},          ElementFormat{kI32, "I32", 1, 4, false},
    ElementFormat{kI16, "I16", 1, 2, false},          ElementFormat{kI8, "I8", 1, 1, false},
    ElementFormat{kU64, "U64", 1, 8, false},          ElementFormat{kU32, "U32", 1, 4, false},
    ElementFormat{kU16, "U16", 1, 2, false},          ElementFormat{kU8, "U8", 1, 1, false},
    ElementFormat{kBool, "BOOL", 1, 1, false},        ElementFormat{kQ4_0, "Q4_0", 32, 18, true},
    ElementFormat{kQ4_1, "Q4_1", 32, 20, true},       ElementFormat{kQ5_0, "Q5_0", 32, 22, true},
    ElementFormat{kQ5_1, "Q5_1", 32, 24, true},       ElementFormat{kQ8_0, "Q8_0", 32, 34, true},
    ElementFormat{kQ4_K, "Q4_K", 256, 144, true},     ElementFormat{kQ5_K, "Q5_K", 256, 176, true},
    ElementFormat{kQ6_K, "Q6_K", 256, 210, true},     ElementFormat{kQ2_K, "Q2_K", 256, 84, true},
    ElementFormat{kQ3_K, "Q3_K", 256, 110, true},     ElementFormat{kIQ4_NL, "IQ4_NL", 32, 18, true},
    ElementFormat{kIQ4_XS, "IQ4_XS", 256, 136, true}, ElementFormat{kMXFP4, "MXFP4", 32, 17, true},
    ElementFormat{kTQ1_0, "TQ1_0", 256, 54, true},    ElementFormat{kTQ2_0, "TQ2_0", 256, 66, true},
};

constexpr bool InEnumOrder() {
  for (size_t i = 0; i < kFormats.size(); ++i) {
    if (kFormats[i].type != static_cast<ElementType>(i)) {
      return false;
    }
  }
  return true;
}
static_assert(InEnumOrder());

}  // namespace

const ElementFormat& FormatOf(ElementType type) { return kFormats[static_cast<size_t>(type)]; }

std::optional<ElementType> ElementTypeNamed(std::string_view name) {
  for (const ElementFormat& format : kFormats) {
    if (format.name == name) {
      return format.type;
    }
  }
  return std::nullopt;
}

}  // namespace vffn
