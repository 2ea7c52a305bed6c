// The text of a pattern in Oniguruma's syntax, while it is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "text/code_point_set.h"

namespace vffn {

class PatternReader {
 public:
  /// `where` names the pattern in messages.
  PatternReader(std::string_view pattern, std::string where) : pattern_(pattern), where_(std::move(where)) {}

  bool AtEnd() const { return position_ == pattern_.size(); }
  bool StartsWith(std::string_view text) const { return pattern_.substr(position_).starts_with(text); }
  std::string_view Rest() const { return pattern_.substr(position_); }
  /// Takes `text` if it comes next.
  bool Take(std::string_view text);
  /// Takes the next code point. Throws Error at the end.
  uint32_t TakeCode();
  void Skip(size_t bytes) { position_ += bytes; }

  /// Throws Error: "WHERE: the pattern has WHAT at byte N, which is not supported: PATTERN".
  [[noreturn]] void Refuse(const std::string& what) const;

  /// After a backslash: \w \d \s \h \p{} and their opposites; `in_class` tells which \w it is. Nothing, and
  /// nothing taken, if it is another escape.
  struct NamedClass {
    CodePointSet set;
    bool negated = false;
  };
  std::optional<NamedClass> TakeNamedClass(bool in_class);

  /// After a backslash: the character that any other escape stands for: \n, \x41, \u0041, \., ...
  uint32_t TakeEscapedCharacter();

 private:
  uint32_t TakeNumber(size_t min_digits, size_t max_digits, uint32_t base);
  uint32_t TakeBracedNumber(uint32_t base);
  CodePointSet TakeProperty(bool& negated);

  std::string_view pattern_;
  std::string where_;
  size_t position_ = 0;
};

}  // namespace vffn
