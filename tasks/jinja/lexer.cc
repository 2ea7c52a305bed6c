#include "tasks/jinja/lexer.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "tasks/jinja/python_literal.h"
#include "text/python_methods.h"
#include "text/utf8.h"

namespace vffn {
namespace {

using TokenKind = TemplateToken::Kind;

bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || IsAsciiDigit(c) ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string WithUnixLines(std::string_view source) {
  std::string text;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\r') {
      text += '\n';
      i += i + 1 < source.size() && source[i + 1] == '\n' ? 1 : 0;
    } else {
      text += source[i];
    }
  }
  return text;
}

class Lexer {
 public:
  explicit Lexer(std::string source) : source_(std::move(source)), rest_(source_) {}

  std::vector<TemplateToken> Tokenize() {
    while (!rest_.empty()) {
      Data();
      if (rest_.starts_with("{#")) {
        Comment();
      } else if (!rest_.empty()) {
        Tag();
      }
    }
    Add(TokenKind::kEnd, "");
    return std::move(tokens_);
  }

 private:
  void Add(TokenKind kind, std::string text) { tokens_.push_back({kind, std::move(text), line_}); }

  void Skip(size_t bytes) {
    line_ +=
        static_cast<int>(std::count(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(bytes), '\n'));
    rest_.remove_prefix(bytes);
  }

  void SkipSpace() { Skip(rest_.size() - PythonLStrip(rest_).size()); }

  /// The text up to the next tag or comment.
  void Data() {
    size_t end = rest_.size();
    for (const char* begin : {"{{", "{%", "{#"}) {
      end = std::min(end, rest_.find(begin));
    }
    std::string_view data = rest_.substr(0, end);
    if (end + 2 < rest_.size() && rest_[end + 2] == '-') {
      data = PythonRStrip(data);
    }
    if (!data.empty()) {
      Add(TokenKind::kData, std::string(data));
    }
    Skip(end);
  }

  /// The begin of a tag or comment, with the sign of white-space control.
  void SkipBegin() {
    const bool sign = rest_.size() > 2 && (rest_[2] == '-' || rest_[2] == '+');
    Skip(sign ? 3 : 2);
  }

  void Comment() {
    const int begin = line_;
    SkipBegin();
    const size_t end = rest_.find("#}");
    VFFN_CHECK(end != std::string_view::npos, "line ", begin, ": the comment has no end; write #} after it");
    const bool strip = end > 0 && rest_[end - 1] == '-';
    Skip(end + 2);
    if (strip) {
      SkipSpace();
    }
  }

  void Tag() {
    const bool block = rest_[1] == '%';
    const int begin = line_;
    Add(block ? TokenKind::kBlockBegin : TokenKind::kVariableBegin, std::string(rest_.substr(0, 2)));
    SkipBegin();
    while (!End(block)) {
      SkipSpace();
      VFFN_CHECK(!rest_.empty(), "line ", begin, ": the tag has no end; write ", block ? "%}" : "}}",
                 " after it");
      if (!End(block)) {
        Expression();
      } else {
        break;
      }
    }
  }

  /// Takes the end of a tag if it is here, outside of brackets.
  bool End(bool block) {
    const std::string_view plain = block ? "%}" : "}}";
    const bool sign = rest_.starts_with('-') || (block && rest_.starts_with('+'));
    if (!brackets_.empty() || !rest_.substr(sign ? 1 : 0).starts_with(plain)) {
      return false;
    }
    const bool strip = rest_.starts_with('-');
    Add(block ? TokenKind::kBlockEnd : TokenKind::kVariableEnd, std::string(plain));
    Skip(plain.size() + (sign ? 1 : 0));
    if (strip) {
      SkipSpace();
    }
    return true;
  }

  void Expression() {
    const char c = rest_.front();
    if (IsAsciiDigit(c)) {
      Number();
    } else if (IsNameCharacter(c)) {
      Add(TokenKind::kName, std::string(Take([](char other) { return IsNameCharacter(other); })));
    } else if (c == '\'' || c == '"') {
      String();
    } else {
      Operator();
    }
  }

  template <class Fits>
  std::string_view Take(const Fits& fits) {
    const std::string_view taken(rest_.begin(), std::ranges::find_if_not(rest_, fits));
    Skip(taken.size());
    return taken;
  }

  void Number() {
    size_t end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    const auto digit_at = [&](size_t i) { return i < rest_.size() && IsAsciiDigit(rest_[i]); };
    const auto skip_digits = [&] {
      while (digit_at(end)) {
        ++end;
      }
    };
    bool real = false;
    const bool index = !tokens_.empty() && tokens_.back().Is(TokenKind::kOperator, ".");
    if (!index && end < rest_.size() && rest_[end] == '.' && digit_at(end + 1)) {
      real = true;
      ++end;
      skip_digits();
    }
    if (!index && end < rest_.size() && (rest_[end] == 'e' || rest_[end] == 'E')) {
      const bool sign = end + 1 < rest_.size() && (rest_[end + 1] == '+' || rest_[end + 1] == '-');
      if (digit_at(end + (sign ? 2 : 1))) {
        real = true;
        end += sign ? 2 : 1;
        skip_digits();
      }
    }
    const std::string text(rest_.substr(0, end));
    VFFN_CHECK(end == rest_.size() || !IsNameCharacter(rest_[end]), "line ", line_, ": \"", text, rest_[end],
               "...\" is neither a name nor a decimal number");
    VFFN_CHECK(real || text.size() == 1 || text[0] != '0' || text.find_first_not_of('0') == std::string::npos,
               "line ", line_, ": the number ", text, " begins with 0");
    Add(real ? TokenKind::kFloat : TokenKind::kInteger, text);
    Skip(end);
  }

  void String() {
    const char quote = rest_.front();
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == quote) {
        try {
          Add(TokenKind::kString, DecodePythonEscapes(rest_.substr(1, i - 1)));
        } catch (const Error& error) {
          Fail("line ", line_, ": ", error.what());
        }
        Skip(i + 1);
        return;
      }
    }
    Fail("line ", line_, ": the string that begins with ", rest_.substr(0, 20), " has no end; write ", quote,
         " after it");
  }

  void Operator() {
    static constexpr std::array<std::string_view, 6> kPairs = {"//", "**", "==", "!=", ">=", "<="};
    const auto pair =
        std::ranges::find_if(kPairs, [&](std::string_view text) { return rest_.starts_with(text); });
    const std::string text(rest_.substr(0, pair == kPairs.end() ? 1 : 2));
    VFFN_CHECK(
        pair != kPairs.end() || std::string_view("+-/*%~[](){}><=.:|,;").find(text) != std::string::npos,
        "line ", line_, ": the character ", text, " is not part of an expression");
    const std::string_view opening = "([{", closing = ")]}";
    if (const size_t kind = opening.find(text); kind != std::string_view::npos) {
      brackets_ += closing[kind];
    } else if (closing.find(text) != std::string_view::npos) {
      VFFN_CHECK(!brackets_.empty() && brackets_.back() == text[0], "line ", line_, ": unexpected ", text,
                 brackets_.empty() ? "" : "; expected ",
                 brackets_.empty() ? "" : std::string(1, brackets_.back()));
      brackets_.pop_back();
    }
    Add(TokenKind::kOperator, text);
    Skip(text.size());
  }

  const std::string source_;
  std::string_view rest_;
  std::vector<TemplateToken> tokens_;
  std::string brackets_;  // the closing ones of those that are open
  int line_ = 1;
};

}  // namespace

std::vector<TemplateToken> TokenizeTemplate(std::string_view source) {
  CheckUtf8(source);
  return Lexer(WithUnixLines(source)).Tokenize();
}

}  // namespace vffn
