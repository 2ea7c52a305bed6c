#include "text/regex/pattern_reader.h"

#include "base/error.h"
#include "text/character_sets.h"
#include "text/utf8.h"

namespace vffn {

bool PatternReader::Take(std::string_view text) {
  if (!StartsWith(text)) {
    return false;
  }
  position_ += text.size();
  return true;
}

uint32_t PatternReader::TakeCode() {
  VFFN_CHECK(!AtEnd(), where_, ": the pattern ends too early: ", pattern_);
  return DecodeUtf8(pattern_, position_);
}

void PatternReader::Refuse(const std::string& what) const {
  Fail(where_, ": the pattern has ", what, " at byte ", position_, ", which is not supported: ", pattern_);
}

std::optional<PatternReader::NamedClass> PatternReader::TakeNamedClass(bool in_class) {
  const char name = AtEnd() ? '\0' : pattern_[position_];
  NamedClass found;
  switch (name) {
    case 'w':
    case 'W':
      found = {in_class ? WordSet() : BareWordSet(), name == 'W'};
      break;
    case 'd':
    case 'D':
      found = {CategorySet("Nd"), name == 'D'};
      break;
    case 's':
    case 'S':
      found = {WhitespaceSet(), name == 'S'};
      break;
    case 'h':
    case 'H':
      found = {{{'0', '9'}, {'A', 'F'}, {'a', 'f'}}, name == 'H'};
      break;
    case 'p':
    case 'P':
      ++position_;
      found.negated = name == 'P';
      found.set = TakeProperty(found.negated);
      return found;
    default:
      return std::nullopt;
  }
  ++position_;
  return found;
}

CodePointSet PatternReader::TakeProperty(bool& negated) {
  std::string_view name;
  if (Take("{")) {
    negated ^= Take("^");
    const size_t end = Rest().find('}');
    if (end == std::string_view::npos) {
      Refuse("a property without }");
    }
    name = Rest().substr(0, end);
    const std::optional<CodePointSet> set = FindProperty(name);
    if (!set) {
      Refuse("the property \\p{" + std::string(name) + "}");
    }
    Skip(end + 1);
    return *set;
  }
  name = Rest().substr(0, 1);
  const std::optional<CodePointSet> set = FindProperty(name);
  if (!set) {
    Refuse("the property \\p" + std::string(name));
  }
  Skip(1);
  return *set;
}

uint32_t PatternReader::TakeNumber(size_t min_digits, size_t max_digits, uint32_t base) {
  uint32_t value = 0;
  size_t digits = 0;
  for (; digits < max_digits && !AtEnd(); ++digits) {
    const char c = pattern_[position_];
    const uint32_t digit = c >= '0' && c <= '9'   ? static_cast<uint32_t>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<uint32_t>(c - 'a' + 10)
                           : c >= 'A' && c <= 'F' ? static_cast<uint32_t>(c - 'A' + 10)
                                                  : base;
    if (digit >= base) {
      break;
    }
    value = value * base + digit;
    ++position_;
  }
  if (digits < min_digits || value > CodePointSet::kLast) {
    Refuse("a damaged character number");
  }
  return value;
}

uint32_t PatternReader::TakeBracedNumber(uint32_t base) {
  const uint32_t code = TakeNumber(1, 8, base);
  if (!Take("}")) {
    Refuse("several characters in one escape");
  }
  return code;
}

uint32_t PatternReader::TakeEscapedCharacter() {
  const size_t start = position_;
  const auto byte = [&](uint32_t code) {
    if (code >= 0x80) {
      Refuse("a byte above 0x7F");
    }
    return code;
  };
  const uint32_t code = TakeCode();
  switch (code) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case 'a':
      return '\a';
    case 'e':
      return 0x1B;
    case 'b':
      return '\b';
    case 'x':
      return Take("{") ? TakeBracedNumber(16) : byte(TakeNumber(0, 2, 16));
    case 'o':
      return Take("{") ? TakeBracedNumber(8) : code;
    case 'u':
      return TakeNumber(4, 4, 16);
    case 'c':
      return TakeCode() & 0x9F;
    case 'C':
    case 'M':
      position_ = start;
      Refuse("the escape \\" + std::string(1, static_cast<char>(code)));
    default:
      if (code >= '0' && code <= '7') {
        position_ = start;
        return byte(TakeNumber(1, 3, 8));
      }
      return code;
  }
}

}  // namespace vffn
