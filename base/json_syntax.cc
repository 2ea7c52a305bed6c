#include "base/json_syntax.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vffn {
namespace {

constexpr std::array<std::string_view, 3> kConstants = {"-Infinity", "Infinity", "NaN"};
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '+' || c == '-';
}

/// Python's constant at the start of `text`; empty if there is none.
std::string_view ConstantAt(std::string_view text) {
  const auto found = std::ranges::find_if(kConstants, [&](auto word) { return text.starts_with(word); });
  return found == kConstants.end() ? "" : *found;
}

/// Reads a text value by value. Every method returns true if what it reads is right; else fault_ is set.
class FaultFinder {
 public:
  FaultFinder(std::string_view text, JsonConstants constants) : text_(text), constants_(constants) {}

  std::optional<JsonFault> Find() {
    at_ = text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    SkipBlanks();
    if (AtEnd()) {
      return JsonFault{at_, "the text is empty"};
    }
    if (Value()) {
      SkipBlanks();
      if (!AtEnd()) {
        Fault(at_, "more text follows the end of the JSON value" + Found());
      }
    }
    return fault_;
  }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  char Now() const { return AtEnd() ? '\0' : text_[at_]; }

  void SkipBlanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  bool Fault(size_t offset, std::string problem) {
    fault_ = {offset, std::move(problem)};
    return false;
  }

  /// ", there is 'x'".
  std::string Found() const {
    if (AtEnd()) {
      return ", the text ends here";
    }
    const auto c = static_cast<unsigned char>(Now());
    if (c < 0x20 || c >= 0x7F) {
      constexpr std::string_view kHex = "0123456789abcdef";
      return std::string(", there is the byte 0x") + kHex[c >> 4] + kHex[c & 15];
    }
    return std::string(", there is ") + Now();
  }

  bool Value() {
    SkipBlanks();
    switch (Now()) {
      case '{':
        return Members('}', "object");
      case '[':
        return Members(']', "list");
      case '"':
        return String();
      default:
        return Word();
    }
  }

  /// An object or a list.
  bool Members(char closing, const std::string& kind) {
    ++at_;
    SkipBlanks();
    if (Now() == closing) {
      ++at_;
      return true;
    }
    for (;;) {
      if ((closing == '}' && !Name()) || !Value()) {
        return false;
      }
      const size_t end = at_;
      SkipBlanks();
      if (Now() == closing && !AtEnd()) {
        ++at_;
        return true;
      }
      if (Now() != ',') {
        return NoComma(end, closing, kind);
      }
      const size_t comma = at_++;
      SkipBlanks();
      if (Now() == closing && !AtEnd()) {
        return Fault(
            comma, std::string("a comma stands before the closing ") + closing + ", where JSON allows none");
      }
    }
  }

  bool NoComma(size_t end, char closing, const std::string& kind) {
    if (AtEnd()) {
      return Fault(at_, "the text ends inside this " + kind + ": " + closing + " is missing");
    }
    if (Now() == '"' || Now() == '{' || Now() == '[' || IsWordCharacter(Now())) {
      return Fault(end, "a comma is missing after this value");
    }
    return Fault(at_, std::string("a comma or ") + closing + " is expected" + Found());
  }

  bool Name() {
    SkipBlanks();
    if (Now() == '\'') {
      return Fault(at_, "a name stands in double quotes, not in single ones");
    }
    if (Now() != '"') {
      return Fault(at_, "the name of a field, in double quotes, is expected" + Found());
    }
    if (!String()) {
      return false;
    }
    const size_t end = at_;
    SkipBlanks();
    if (Now() != ':') {
      return Fault(end, "a colon is missing after this name");
    }
    ++at_;
    return true;
  }

  bool String() {
    const size_t begin = at_++;
    for (; !AtEnd() && Now() != '"'; ++at_) {
      if (Now() == '\n' || Now() == '\r') {
        return Fault(begin, "this text has no closing quote on its line");
      }
      if (static_cast<unsigned char>(Now()) < 0x20) {
        return Fault(at_, "a control character stands in a text" + Found() + "; write it as \\u00XX");
      }
      if (Now() == '\\' && !Escape()) {
        return false;
      }
    }
    if (AtEnd()) {
      return Fault(begin, "this text has no closing quote");
    }
    ++at_;
    return true;
  }

  bool Escape() {
    const size_t begin = at_++;
    if (Now() == 'u') {
      const std::string_view digits = text_.substr(at_ + 1, 4);
      if (digits.size() < 4 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
        return Fault(begin, "\\u needs four hexadecimal digits");
      }
      at_ += 4;
      return true;
    }
    if (AtEnd() || std::string_view("\"\\/bfnrt").find(Now()) == std::string_view::npos) {
      return Fault(begin,
                   "a backslash stands before another character than \" \\ / b f n r t u; a backslash "
                   "itself is written \\\\");
    }
    return true;
  }

  /// true, false, null, a number, or what somebody takes for one.
  bool Word() {
    const size_t begin = at_;
    while (!AtEnd() && IsWordCharacter(Now())) {
      ++at_;
    }
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word == "true" || word == "false" || word == "null" || IsNumber(word) ||
        (constants_ == JsonConstants::kAllowed && !word.empty() && ConstantAt(word) == word)) {
      return true;
    }
    return Fault(begin, WordProblem(word));
  }

  std::string WordProblem(std::string_view word) const {
    if (word.empty()) {
      return Now() == '\''  ? "a text stands in double quotes, not in single ones"
             : Now() == '/' ? "a value is expected; JSON has no comments"
                            : "a value is expected" + Found();
    }
    const std::string shown(word.substr(0, 40));
    if (word == "True" || word == "False" || word == "None") {
      return shown + " is Python's; JSON has " +
             (word == "None"   ? "null"
              : word == "True" ? "true"
                               : "false");
    }
    if (ConstantAt(word) == word) {
      return shown + " is no JSON number; write null";
    }
    return shown + " is neither a number nor true, false or null; a text stands in double quotes";
  }

  static bool IsNumber(std::string_view word) {
    const auto digits = [&] {
      const size_t count = std::min(word.find_first_not_of(kDigits), word.size());
      word.remove_prefix(count);
      return count;
    };
    word.remove_prefix(word.starts_with('-') ? 1 : 0);
    const bool zero = word.starts_with('0');
    const size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) {
      return false;
    }
    if (word.starts_with('.')) {
      word.remove_prefix(1);
      if (digits() == 0) {
        return false;
      }
    }
    if (word.starts_with('e') || word.starts_with('E')) {
      word.remove_prefix(1);
      word.remove_prefix(word.starts_with('+') || word.starts_with('-') ? 1 : 0);
      return digits() > 0 && word.empty();
    }
    return word.empty();
  }

  std::string_view text_;
  JsonConstants constants_;
  size_t at_ = 0;
  std::optional<JsonFault> fault_;
};

}  // namespace

std::optional<JsonFault> FindJsonFault(std::string_view text, JsonConstants constants) {
  return FaultFinder(text, constants).Find();
}

std::string SyntaxProblem(std::string_view text, size_t stopped, JsonConstants constants, bool always_line) {
  const size_t at = std::min(stopped - std::min<size_t>(stopped, 1), text.size());
  auto fault = FindJsonFault(text, constants);
  if (!fault || fault->offset > at) {
    const auto is_ascii = [&](size_t i) {
      return i < text.size() && static_cast<unsigned char>(text[i]) < 0x80;
    };
    const bool ascii = is_ascii(at) && (at == 0 || is_ascii(at - 1));
    fault = {at, ascii ? "a \\u escape of half a surrogate pair" : "a text that is not UTF-8"};
  }
  return "not valid JSON at " + PlaceInText(text, fault->offset, always_line) + ": " + fault->problem;
}

std::string PlaceInText(std::string_view text, size_t offset, bool always_line) {
  const std::string_view before = text.substr(0, offset);
  const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const auto column = 1 + std::ranges::count_if(before.substr(line_begin), is_first_byte);
  const std::string place = "column " + std::to_string(column);
  return line_begin == 0 && !always_line
             ? place
             : "line " + std::to_string(1 + std::ranges::count(before, '\n')) + ", " + place;
}

std::string WithNullConstants(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      const size_t begin = at++;
      while (at < text.size() && text[at] != '"') {
        at += text[at] == '\\' ? 2 : 1;
      }
      at = std::min(at + 1, text.size());
      result.append(text.substr(begin, at - begin));
    } else if (const std::string_view word = ConstantAt(text.substr(at)); !word.empty()) {
      result.append("null");
      at += word.size();
    } else {
      result += text[at++];
    }
  }
  return result;
}

}  // namespace vffn
