// Characters in four classes, for the scanners of well-known patterns.
#pragma once

#include <cstdint>

namespace vffn {

/// \p{L}, \p{N} and \s of Unicode 16.
enum class CharClass : uint8_t { kOther, kLetter, kNumber, kWhitespace };

/// One CharClass per code point, 0x110000 of them, made at the first call.
const CharClass* CharClasses();

}  // namespace vffn
