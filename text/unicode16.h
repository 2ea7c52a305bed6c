// Character classes as Hugging Face's tokenizers see them: general categories of Unicode 16, whatever version
// the system's libraries have.
#pragma once

#include <cstdint>
#include <span>

namespace vffn {

/// Code points first..last, both included.
struct CodePointRange {
  uint32_t first;
  uint32_t last;
};

std::span<const CodePointRange> LetterRanges();      ///< \p{L}, ascending
std::span<const CodePointRange> NumberRanges();      ///< \p{N}, ascending
std::span<const CodePointRange> WhitespaceRanges();  ///< \s: the property White_Space, ascending

enum class CharClass : uint8_t { kOther, kLetter, kNumber, kWhitespace };

/// One CharClass per code point, 0x110000 of them, made at the first call.
const CharClass* CharClasses();

}  // namespace vffn
