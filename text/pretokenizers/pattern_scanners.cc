#include "text/char_class.h"
#include "text/utf8.h"
#include "text/word_splitter.h"

namespace vffn {
namespace {

// Where the run of characters for which `wanted(class)` holds, from `position` on, ends.
template <class Wanted>
size_t RunEnd(const CharClass* classes, std::string_view text, size_t position, Wanted wanted) {
  while (position < text.size()) {
    size_t next = position;
    if (!wanted(classes[DecodeUtf8(text, next)])) {
      break;
    }
    position = next;
  }
  return position;
}

size_t RunEnd(const CharClass* classes, std::string_view text, size_t position, CharClass wanted) {
  return RunEnd(classes, text, position, [wanted](CharClass found) { return found == wanted; });
}

CharClass ClassAt(const CharClass* classes, std::string_view text, size_t position) {
  return classes[DecodeUtf8(text, position)];
}

bool IsLineBreak(char c) { return c == '\r' || c == '\n'; }

// \s+(?!\S)|\s+ for the white space from `start` to `end`: all of it at the end of the text, else all but its
// last character, else that character.
size_t WhitespaceWordEnd(std::string_view text, size_t start, size_t end) {
  if (end == text.size()) {
    return end;
  }
  size_t last = end - 1;
  while ((static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) {
    --last;
  }
  return last > start ? last : end;
}

// Length of 's 't 're 've 'm 'll 'd after the apostrophe at `position`, with it; 0 if there is none.
size_t ContractionLength(std::string_view text, size_t position, bool any_case) {
  const std::string_view rest = text.substr(position + 1);
  const auto letter = [&](size_t i) {
    const char c = i < rest.size() ? rest[i] : '\0';
    return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  switch (letter(0)) {
    case 's':
    case 't':
    case 'm':
    case 'd':
      return 2;
    case 'r':
    case 'v':
      return letter(1) == 'e' ? 3 : 0;
    case 'l':
      return letter(1) == 'l' ? 3 : 0;
    default:
      return any_case && rest.starts_with("\u017F") ? 3 : 0;  // the long s, whose upper case is S
  }
}

class Gpt2Splitter : public WordSplitter {
 public:
  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    for (size_t position = 0; position < text.size();) {
      const size_t end = WordEnd(text, position);
      words.push_back(text.substr(position, end - position));
      position = end;
    }
  }

  std::string Describe() const override { return "Split(" + std::string(kGpt2Pattern) + ")"; }

 private:
  size_t WordEnd(std::string_view text, size_t start) const {
    if (text[start] == '\'') {
      if (const size_t length = ContractionLength(text, start, false); length > 0) {
        return start + length;
      }
    }
    const size_t body = text[start] == ' ' && start + 1 < text.size() ? start + 1 : start;
    const CharClass body_class = ClassAt(classes_, text, body);
    if (body_class != CharClass::kWhitespace) {
      return RunEnd(classes_, text, body, body_class);
    }
    return WhitespaceWordEnd(text, start, RunEnd(classes_, text, start, CharClass::kWhitespace));
  }

  const CharClass* classes_ = CharClasses();
};

// Llama-3's pattern; Qwen2's is the same with single digits.
class Llama3Splitter : public WordSplitter {
 public:
  explicit Llama3Splitter(int max_digits) : max_digits_(max_digits) {}

  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    for (size_t position = 0; position < text.size();) {
      const size_t end = WordEnd(text, position);
      words.push_back(text.substr(position, end - position));
      position = end;
    }
  }

  std::string Describe() const override {
    return "Split(" + std::string(max_digits_ == 1 ? kQwen2Pattern : kLlama3Pattern) + ")";
  }

 private:
  size_t WordEnd(std::string_view text, size_t start) const {
    if (text[start] == '\'') {
      if (const size_t length = ContractionLength(text, start, true); length > 0) {
        return start + length;
      }
    }
    size_t next = start;
    const CharClass first = classes_[DecodeUtf8(text, next)];
    if (first == CharClass::kLetter) {
      return RunEnd(classes_, text, next, CharClass::kLetter);
    }
    if (first == CharClass::kNumber) {
      for (int digits = 1; digits < max_digits_ && next < text.size(); ++digits) {
        size_t after = next;
        if (classes_[DecodeUtf8(text, after)] != CharClass::kNumber) {
          break;
        }
        next = after;
      }
      return next;
    }
    const bool has_next = next < text.size();
    if (has_next && !IsLineBreak(text[start]) && ClassAt(classes_, text, next) == CharClass::kLetter) {
      return RunEnd(classes_, text, next, CharClass::kLetter);
    }
    const size_t body = text[start] == ' ' && has_next ? next : start;
    if (ClassAt(classes_, text, body) == CharClass::kOther) {
      size_t end = RunEnd(classes_, text, body, CharClass::kOther);
      while (end < text.size() && IsLineBreak(text[end])) {
        ++end;
      }
      return end;
    }
    const size_t end = RunEnd(classes_, text, start, CharClass::kWhitespace);
    for (size_t last = end; last > start; --last) {
      if (IsLineBreak(text[last - 1])) {
        return last;
      }
    }
    return WhitespaceWordEnd(text, start, end);
  }

  int max_digits_;
  const CharClass* classes_ = CharClasses();
};

}  // namespace

std::unique_ptr<const WordSplitter> MakePatternSplitter(std::string_view pattern, Cut cut) {
  // Every character of a text is in some match of these patterns.
  const bool all_matches_are_words =
      cut.behavior == Delimiter::kIsolated || (cut.behavior == Delimiter::kRemoved && cut.invert);
  if (all_matches_are_words && pattern == kGpt2Pattern) {
    return std::make_unique<Gpt2Splitter>();
  }
  if (all_matches_are_words && pattern == kLlama3Pattern) {
    return std::make_unique<Llama3Splitter>(3);
  }
  if (all_matches_are_words && pattern == kQwen2Pattern) {
    return std::make_unique<Llama3Splitter>(1);
  }
  return MakeRegexSplitter(pattern, cut);
}

}  // namespace vffn
