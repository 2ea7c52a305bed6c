#include "tasks/jinja/python_literal.h"

#include <charconv>

#include "base/error.h"
#include "text/utf8.h"

namespace vffn {
namespace {

using Kind = TemplateValue::Kind;

constexpr int kMaximumDepth = 90;  // of brackets; Python's own is 200

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int HexDigit(char c) {
  return IsDigit(c)             ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/// The code point of `digits` hexadecimal digits at `position`, which is moved past them.
uint32_t ReadHex(std::string_view body, size_t& position, size_t digits) {
  uint32_t code = 0;
  for (size_t i = 0; i < digits; ++i, ++position) {
    const int digit = position < body.size() ? HexDigit(body[position]) : -1;
    VFFN_CHECK(digit >= 0, "an escape in a string should have ", digits, " hexadecimal digits");
    code = code << 4 | static_cast<uint32_t>(digit);
  }
  VFFN_CHECK(code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF),
             "an escape in a string is no character of Unicode");
  return code;
}

uint32_t ReadOctal(std::string_view body, size_t& position) {
  uint32_t code = 0;
  for (int i = 0; i < 3 && position < body.size() && body[position] >= '0' && body[position] <= '7';
       ++i, ++position) {
    code = code << 3 | static_cast<uint32_t>(body[position] - '0');
  }
  return code;
}

class LiteralParser {
 public:
  explicit LiteralParser(std::string_view text) : text_(text) {}

  TemplateValue Parse() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t')) {
      ++position_;
    }
    TemplateValue value = Value(0);
    if (Take(',')) {  // a tuple without parentheses
      TemplateValue::Elements elements = {std::move(value)};
      while (!AtEnd()) {
        elements.push_back(Value(0));
        if (!Take(',')) {
          break;
        }
      }
      value = TemplateValue::Sequence(Kind::kTuple, std::move(elements));
    }
    if (!AtEnd()) {
      Refuse("ends earlier");
    }
    return value;
  }

 private:
  [[noreturn]] void Refuse(std::string_view problem) const {
    Fail("the text is not a Python literal: it ", problem, " (character ", position_, " of \"",
         text_.substr(0, 200), text_.size() > 200 ? "...\")" : "\")");
  }

  bool AtEnd() {
    Blanks();
    return position_ == text_.size();
  }

  // Line ends stand between brackets, or at the end.
  void Blanks() {
    while (position_ < text_.size() &&
           std::string_view(" \t\n\r\f").find(text_[position_]) != std::string::npos) {
      if (text_[position_] == '\n' && depth_ == 0 &&
          text_.find_first_not_of(" \t\n\r\f", position_) != std::string_view::npos) {
        Refuse("has several lines");
      }
      ++position_;
    }
  }

  char Peek() {
    Blanks();
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  bool Take(char c) {
    if (Peek() != c) {
      return false;
    }
    ++position_;
    return true;
  }

  TemplateValue Value(int depth) {
    if (depth > kMaximumDepth) {
      Refuse("has too many brackets");
    }
    const char c = Peek();
    if (c == '[' || c == '(' || c == '{') {
      ++position_;
      ++depth_;
      TemplateValue value = c == '{' ? Dict(depth) : Elements(c == '[', depth);
      --depth_;
      return value;
    }
    if (c == '\'' || c == '"') {
      std::string text;
      while (Peek() == '\'' || Peek() == '"') {
        text += String();
      }
      return TemplateValue::String(std::move(text));
    }
    if (c == '-' || c == '+') {
      ++position_;
      TemplateValue number = Number();
      return c == '+'                  ? number
             : number.is(Kind::kFloat) ? TemplateValue::Float(-number.real)
                                       : TemplateValue::Int(-number.integer);
    }
    return IsDigit(c) || c == '.' ? Number() : Constant();
  }

  TemplateValue Elements(bool list, int depth) {
    TemplateValue::Elements elements;
    const char close = list ? ']' : ')';
    bool comma = false;
    while (!Take(close)) {
      if (!elements.empty() && !comma) {
        Refuse("lacks a comma or a closing bracket");
      }
      elements.push_back(Value(depth + 1));
      comma = Take(',');
    }
    if (!list && elements.size() == 1 && !comma) {
      return std::move(elements.front());
    }
    return TemplateValue::Sequence(list ? Kind::kList : Kind::kTuple, std::move(elements));
  }

  TemplateValue Dict(int depth) {
    std::vector<std::string> keys;
    TemplateValue::Elements values;
    bool comma = true;
    while (!Take('}')) {
      if (!comma) {
        Refuse("lacks a comma or a closing bracket");
      }
      const TemplateValue key = Value(depth + 1);
      if (!key.is(Kind::kString) || !Take(':')) {
        Refuse("has a dict whose keys are not strings, or a set");
      }
      keys.push_back(key.text);
      values.push_back(Value(depth + 1));
      comma = Take(',');
    }
    return TemplateValue::Dict(std::move(keys), std::move(values), /*ordered=*/true);
  }

  std::string String() {
    const char quote = text_[position_];
    const std::string triple(3, quote);
    const bool is_triple = text_.substr(position_).starts_with(triple);
    position_ += is_triple ? 3 : 1;
    const size_t begin = position_;
    for (; position_ < text_.size(); ++position_) {
      if (text_[position_] == '\\') {
        ++position_;
      } else if (is_triple ? text_.substr(position_).starts_with(triple) : text_[position_] == quote) {
        const std::string_view body = text_.substr(begin, position_ - begin);
        position_ += is_triple ? 3 : 1;
        return DecodePythonEscapes(body);
      } else if (text_[position_] == '\n' && !is_triple) {
        break;
      }
    }
    Refuse("has a string without an end");
  }

  TemplateValue Number() {
    Blanks();
    const size_t begin = position_;
    bool whole = true;
    while (position_ < text_.size()) {
      const char c = text_[position_];
      const char before = position_ > begin ? text_[position_ - 1] : '\0';
      const bool sign = (c == '-' || c == '+') && (before == 'e' || before == 'E');
      if (!IsDigit(c) && c != '.' && c != 'e' && c != 'E' && !sign) {
        break;
      }
      whole = whole && IsDigit(c);
      ++position_;
    }
    const std::string_view digits = text_.substr(begin, position_ - begin);
    const char* end = digits.data() + digits.size();
    if (whole && !digits.empty()) {
      int64_t number = 0;
      if (digits.size() > 1 && digits.front() == '0' &&
          digits.find_first_not_of('0') != std::string_view::npos) {
        Refuse("has a number that begins with 0");
      }
      if (const auto read = std::from_chars(digits.data(), end, number);
          read.ec == std::errc() && read.ptr == end) {
        return TemplateValue::Int(number);
      }
      Refuse("has a number with more than 64 bits");
    }
    double number = 0;
    const auto read = std::from_chars(digits.data(), end, number);
    if (digits.empty() || read.ec != std::errc() || read.ptr != end) {
      Refuse("has something else where a value should be");
    }
    return TemplateValue::Float(number);
  }

  TemplateValue Constant() {
    const std::pair<std::string_view, TemplateValue> constants[] = {
        {"None", {}}, {"True", TemplateValue::Bool(true)}, {"False", TemplateValue::Bool(false)}};
    for (const auto& [name, value] : constants) {
      const std::string_view rest = text_.substr(position_);
      if (rest.starts_with(name) &&
          (rest.size() == name.size() ||
           std::string_view(" \t\n\r\f,:])}").find(rest[name.size()]) != std::string::npos)) {
        position_ += name.size();
        return value;
      }
    }
    Refuse("has something else where a value should be");
  }

  const std::string_view text_;
  size_t position_ = 0;
  int depth_ = 0;
};

}  // namespace

std::string DecodePythonEscapes(std::string_view body) {
  constexpr std::string_view kLetters = "abfnrtv'\"\\";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v'\"\\";
  std::string text;
  for (size_t position = 0; position < body.size();) {
    const char c = body[position++];
    if (c != '\\' || position == body.size()) {
      text += c;
      continue;
    }
    const char letter = body[position];
    if (const size_t known = kLetters.find(letter); known != std::string_view::npos) {
      text += kMeanings[known];
      ++position;
    } else if (letter == '\n') {
      ++position;
    } else if (letter == 'x' || letter == 'u' || letter == 'U') {
      ++position;
      AppendUtf8(ReadHex(body, position, letter == 'x' ? 2 : letter == 'u' ? 4 : 8), text);
    } else if (letter >= '0' && letter <= '7') {
      AppendUtf8(ReadOctal(body, position), text);
    } else {
      VFFN_CHECK(letter != 'N', R"(the escape \N{...} is not supported; write the character itself)");
      text += c;
    }
  }
  return text;
}

TemplateValue ParsePythonLiteral(std::string_view text) { return LiteralParser(text).Parse(); }

}  // namespace vffn
