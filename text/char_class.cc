#include <algorithm>
#include <vector>

#include "text/unicode16.h"

namespace vffn {
namespace {

constexpr CodePointRange kWhitespace[] = {
    {0x9, 0xD},       {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
    {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};

void Mark(std::span<const CodePointRange> ranges, CharClass char_class, std::vector<CharClass>& classes) {
  for (const auto [first, last] : ranges) {
    std::fill(classes.begin() + first, classes.begin() + last + 1, char_class);
  }
}

std::vector<CharClass> MakeClasses() {
  std::vector<CharClass> classes(0x110000, CharClass::kOther);
  Mark(LetterRanges(), CharClass::kLetter, classes);
  Mark(NumberRanges(), CharClass::kNumber, classes);
  Mark(WhitespaceRanges(), CharClass::kWhitespace, classes);
  return classes;
}

}  // namespace

std::span<const CodePointRange> WhitespaceRanges() { return kWhitespace; }

const CharClass* CharClasses() {
  static const std::vector<CharClass> classes = MakeClasses();
  return classes.data();
}

}  // namespace vffn
