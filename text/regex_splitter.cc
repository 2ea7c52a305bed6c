#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cstdio>

#include "base/error.h"
#include "text/unicode16.h"
#include "text/utf8.h"
#include "text/word_splitter.h"

namespace vffn {
namespace {

std::string ClassText(std::span<const CodePointRange> ranges) {
  std::string text;
  char range[40];
  for (const auto [first, last] : ranges) {
    std::snprintf(range, sizeof(range), "\\x{%X}-\\x{%X}", first, last);
    text += range;
  }
  return text;
}

// Rewrites a pattern of Oniguruma's for PCRE2: \s, \p{L} and \p{N} become explicit classes, since PCRE2's own
// follow an older Unicode and take U+180E for white space. Anything whose meaning may differ is refused.
class Translator {
 public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  std::string Translate() {
    while (position_ < pattern_.size()) {
      const char c = pattern_[position_];
      if (c == '\\') {
        Escape();
      } else if (c == '[') {
        Open();
      } else if (c == ']') {
        Require(in_class_, "a lone ]");
        in_class_ = false;
        Copy(1);
      } else if (in_class_) {
        Require(!pattern_.substr(position_).starts_with("&&"), "an intersection of classes");
        Copy(1);
      } else if (c == '(') {
        Group();
      } else {
        Require(c != '^' && c != '$' && c != '.', std::string("the anchor or wildcard ") + c);
        Require(!(c == '}' && position_ + 1 < pattern_.size() && pattern_[position_ + 1] == '+'),
                "a possessive interval");
        Copy(1);
      }
    }
    Require(!in_class_, "an open class");
    return result_;
  }

 private:
  void Require(bool ok, const std::string& what) const {
    VFFN_CHECK(ok, "pre_tokenizer Split: the pattern has ", what, " at byte ", position_,
               ", which is not supported: ", pattern_);
  }

  void Copy(size_t size) {
    result_ += pattern_.substr(position_, size);
    position_ += size;
  }

  void Open() {
    Require(!in_class_, "a class inside a class");
    in_class_ = true;
    Copy(pattern_.substr(position_).starts_with("[^") ? 2 : 1);
    Require(position_ >= pattern_.size() || pattern_[position_] != ']', "a class that begins with ]");
  }

  void Group() {
    const std::string_view rest = pattern_.substr(position_);
    for (const std::string_view known : {"(?:", "(?i:", "(?!", "(?="}) {
      if (rest.starts_with(known)) {
        Copy(known.size());
        return;
      }
    }
    Require(!rest.starts_with("(?") && !rest.starts_with("(*"), "an unknown kind of group");
    Copy(1);
  }

  void Class(std::span<const CodePointRange> ranges, bool negated, size_t size) {
    Require(!(in_class_ && negated), "a negated class inside a class");
    const std::string text = ClassText(ranges);
    result_ += in_class_ ? text : (negated ? "[^" : "[") + text + "]";
    position_ += size;
  }

  void Escape() {
    const std::string_view rest = pattern_.substr(position_);
    Require(rest.size() > 1, "a lone backslash");
    const char c = rest[1];
    if (c == 's' || c == 'S') {
      Class(WhitespaceRanges(), c == 'S', 2);
    } else if (c == 'p' || c == 'P') {
      const std::string_view name = rest.substr(2, 3);
      Require(name == "{L}" || name == "{N}",
              "the property " + std::string(rest.substr(0, rest.find('}') + 1)));
      Class(name == "{L}" ? LetterRanges() : NumberRanges(), c == 'P', 5);
    } else {
      const bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      Require(c == 'r' || c == 'n' || c == 't' || (!is_alphanumeric && static_cast<unsigned char>(c) < 0x80),
              std::string("the escape \\") + c);
      Copy(2);
    }
  }

  std::string_view pattern_;
  size_t position_ = 0;
  bool in_class_ = false;
  std::string result_;
};

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

// What a thread matches with.
struct Matching {
  std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>> context{
      pcre2_match_context_create(nullptr)};
  std::unique_ptr<pcre2_jit_stack, Freed<pcre2_jit_stack_free>> stack{
      pcre2_jit_stack_create(64 << 10, 64 << 20, nullptr)};
  std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>> data{pcre2_match_data_create(1, nullptr)};

  Matching() {
    VFFN_CHECK(context && stack && data, "out of memory for matching a pattern");
    pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
  }
};

class RegexSplitter : public WordSplitter {
 public:
  explicit RegexSplitter(std::string_view pattern) : pattern_(pattern) {
    const std::string translated = Translator(pattern).Translate();
    int error = 0;
    PCRE2_SIZE offset = 0;
    code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                              PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK, &error, &offset, nullptr));
    if (code_ == nullptr) {
      Fail("pre_tokenizer Split: ", Message(error), ": ", pattern);
    }
    uint32_t matches_empty = 0;
    pcre2_pattern_info(code_.get(), PCRE2_INFO_MATCHEMPTY, &matches_empty);
    VFFN_CHECK(matches_empty == 0, "pre_tokenizer Split: the pattern matches the empty text: ", pattern);
    // Without a compiler for this machine the pattern is interpreted.
    pcre2_jit_compile(code_.get(), PCRE2_JIT_COMPLETE);
  }

  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    thread_local Matching matching;
    size_t begin = 0;
    while (begin < text.size()) {
      const int count = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                    begin, PCRE2_NO_UTF_CHECK, matching.data.get(), matching.context.get());
      if (count == PCRE2_ERROR_NOMATCH) {
        words.push_back(text.substr(begin));
        return;
      }
      VFFN_CHECK(count >= 0, "pre_tokenizer Split: ", Message(count), " in a text of ", text.size(),
                 " bytes: ", pattern_);
      const PCRE2_SIZE* match = pcre2_get_ovector_pointer(matching.data.get());
      if (match[0] > begin) {
        words.push_back(text.substr(begin, match[0] - begin));
      }
      words.push_back(text.substr(match[0], match[1] - match[0]));
      begin = match[1];
    }
  }

  std::string Describe() const override { return "Split(" + pattern_ + ")"; }

 private:
  static std::string Message(int error) {
    PCRE2_UCHAR message[128];
    pcre2_get_error_message(error, message, sizeof(message));
    return reinterpret_cast<const char*>(message);
  }

  std::string pattern_;
  std::unique_ptr<pcre2_code, Freed<pcre2_code_free>> code_;
};

}  // namespace

std::unique_ptr<const WordSplitter> MakeRegexSplitter(std::string_view pattern) {
  return std::make_unique<RegexSplitter>(pattern);
}

}  // namespace vffn
