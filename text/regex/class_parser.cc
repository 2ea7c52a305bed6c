#include "text/regex/class_parser.h"

#include <unicode/uniset.h>

#include "text/character_sets.h"

namespace vffn {
namespace {

CodePointSet TakeNested(PatternReader& reader, bool any_case, bool& negated);

// [:alpha:] or [:^alpha:], after its "["; nothing, and nothing taken, if it is no such thing.
std::optional<CodePointSet> TakePosixClass(PatternReader& reader) {
  const std::string_view rest = reader.Rest();
  const size_t end = rest.find(":]");
  if (!rest.starts_with(":") || end == std::string_view::npos || end < 2) {
    return std::nullopt;
  }
  const bool negated = rest[1] == '^';
  const size_t begin = negated ? 2 : 1;
  const std::optional<CodePointSet> set = FindPosixClass(rest.substr(begin, end - begin));
  if (!set) {
    return std::nullopt;
  }
  reader.Skip(end + 2);
  return negated ? ~*set : set;
}

// One operand of &&: the union of what is listed.
class Operand {
 public:
  explicit Operand(PatternReader& reader) : reader_(reader) {}

  void TakeItem() {
    if (reader_.Take("[")) {
      if (const std::optional<CodePointSet> posix = TakePosixClass(reader_)) {
        Add(*posix);
      } else {
        bool negated = false;
        const CodePointSet inner = TakeNested(reader_, false, negated);
        Add(negated ? ~inner : inner);
      }
      return;
    }
    const std::optional<uint32_t> first = TakeCharacter();
    if (!first) {
      return;
    }
    uint32_t last = *first;
    if (reader_.StartsWith("-") && !reader_.StartsWith("-]") && !reader_.StartsWith("-&&") &&
        !reader_.StartsWith("-[")) {
      reader_.Skip(1);
      const std::optional<uint32_t> end = TakeCharacter();
      if (!end) {
        reader_.Refuse("a class at the end of a range");
      }
      last = *end;
      if (last < *first) {
        reader_.Refuse("an empty range");
      }
    }
    Add({{*first, last}});
  }

  const CodePointSet& set() const { return set_; }
  void Clear() { set_ = {}; }

 private:
  void Add(const CodePointSet& more) { set_ = set_ | more; }

  // A single character; or nothing, after adding the class that an escape stands for.
  std::optional<uint32_t> TakeCharacter() {
    if (!reader_.Take("\\")) {
      return reader_.TakeCode();
    }
    if (const auto named = reader_.TakeNamedClass(true)) {
      Add(named->negated ? ~named->set : named->set);
      return std::nullopt;
    }
    return reader_.TakeEscapedCharacter();
  }

  PatternReader& reader_;
  CodePointSet set_;
};

// After "[", to its "]".
CodePointSet TakeNested(PatternReader& reader, bool any_case, bool& negated) {
  negated = reader.Take("^");
  std::optional<CodePointSet> common;  // of the operands so far
  Operand operand(reader);
  if (reader.StartsWith("]") && reader.Rest().find(']', 1) != std::string_view::npos) {
    operand.TakeItem();  // a "]" in the first place stands for itself
  }
  while (!reader.Take("]")) {
    if (reader.Take("&&")) {
      common = common ? *common & operand.set() : operand.set();
      operand.Clear();
    } else {
      operand.TakeItem();
    }
  }
  const CodePointSet set = common ? *common & operand.set() : operand.set();
  return any_case ? WithOtherCases(set) : set;
}

}  // namespace

CodePointSet TakeClass(PatternReader& reader, bool any_case) {
  bool negated = false;
  const CodePointSet set = TakeNested(reader, any_case, negated);
  return negated ? ~set : set;
}

CodePointSet WithOtherCases(const CodePointSet& set) {
  icu::UnicodeSet closed;
  for (const auto [first, last] : set.ranges()) {
    closed.add(static_cast<UChar32>(first), static_cast<UChar32>(last));
  }
  closed.closeOver(USET_CASE_INSENSITIVE);
  std::vector<CodePointRange> ranges;
  for (int32_t i = 0; i < closed.getRangeCount(); ++i) {
    ranges.push_back(
        {static_cast<uint32_t>(closed.getRangeStart(i)), static_cast<uint32_t>(closed.getRangeEnd(i))});
  }
  return CodePointSet(ranges);
}

}  // namespace vffn
