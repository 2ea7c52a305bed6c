#include "reports/tables/display_width.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace vffn {
namespace {

constexpr uint32_t kZeroWidth = U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK | U_GC_CC_MASK;
constexpr UChar32 kSoftHyphen = 0xAD;  // a format character that terminals draw

size_t WidthOf(UChar32 character) {
  const int32_t syllable = u_getIntPropertyValue(character, UCHAR_HANGUL_SYLLABLE_TYPE);
  const bool joins = syllable == U_HST_VOWEL_JAMO || syllable == U_HST_TRAILING_JAMO;
  if (joins || ((U_MASK(u_charType(character)) & kZeroWidth) != 0 && character != kSoftHyphen)) {
    return 0;
  }
  const int32_t width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

}  // namespace

size_t DisplayWidth(std::string_view utf8) {
  size_t width = 0;
  const auto length = static_cast<int32_t>(utf8.size());
  for (int32_t i = 0; i < length;) {
    UChar32 character = 0;
    U8_NEXT(utf8.data(), i, length, character);
    width += character < 0 ? 1 : WidthOf(character);
  }
  return width;
}

}  // namespace vffn
