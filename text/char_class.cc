#include "text/char_class.h"

#include <algorithm>
#include <vector>

#include "text/character_sets.h"

namespace vffn {
namespace {

void Mark(const CodePointSet& set, CharClass char_class, std::vector<CharClass>& classes) {
  for (const auto [first, last] : set.ranges()) {
    std::fill(classes.begin() + first, classes.begin() + last + 1, char_class);
  }
}

std::vector<CharClass> MakeClasses() {
  std::vector<CharClass> classes(size_t{CodePointSet::kLast} + 1, CharClass::kOther);
  Mark(CategorySet("L"), CharClass::kLetter, classes);
  Mark(CategorySet("N"), CharClass::kNumber, classes);
  Mark(WhitespaceSet(), CharClass::kWhitespace, classes);
  return classes;
}

}  // namespace

const CharClass* CharClasses() {
  static const std::vector<CharClass> classes = MakeClasses();
  return classes.data();
}

}  // namespace vffn
