// Steps that cut a text into runs: of numbers, of word characters, of one length, of one script.
#include <unicode/uchar.h>

#include <algorithm>

#include "base/error.h"
#include "text/character_sets.h"
#include "text/utf8.h"
#include "text/word_splitter.h"

namespace vffn {
namespace {

// Where the run of characters for which `wanted(code)` holds, from `position` on, ends.
template <class Wanted>
size_t EndOfRun(std::string_view text, size_t position, Wanted wanted) {
  while (position < text.size()) {
    size_t next = position;
    if (!wanted(DecodeUtf8(text, next))) {
      break;
    }
    position = next;
  }
  return position;
}

class DigitSplitter : public WordSplitter {
 public:
  explicit DigitSplitter(bool individual) : individual_(individual), is_numeric_(RustNumericSet()) {}

  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    for (size_t position = 0; position < text.size();) {
      size_t end = position;
      if (!is_numeric_[DecodeUtf8(text, end)]) {
        end = EndOfRun(text, end, [&](uint32_t code) { return !is_numeric_[code]; });
      } else if (!individual_) {
        end = EndOfRun(text, end, [&](uint32_t code) { return is_numeric_[code]; });
      }
      words.push_back(text.substr(position, end - position));
      position = end;
    }
  }

  std::string Describe() const override { return individual_ ? "Digits(individual)" : "Digits(runs)"; }

 private:
  bool individual_;
  CodePointTable is_numeric_;
};

class WhitespaceSplitter : public WordSplitter {
 public:
  WhitespaceSplitter() : is_word_(RustWordSet()), is_space_(WhitespaceSet()) {}

  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    for (size_t position = 0; position < text.size();) {
      size_t end = position;
      const uint32_t code = DecodeUtf8(text, end);
      if (!is_space_[code]) {
        const bool is_word = is_word_[code];
        end = EndOfRun(text, end, [&](uint32_t c) { return is_word_[c] == is_word && !is_space_[c]; });
        words.push_back(text.substr(position, end - position));
      }
      position = end;
    }
  }

  std::string Describe() const override { return "Whitespace"; }

 private:
  CodePointTable is_word_, is_space_;
};

class FixedLengthSplitter : public WordSplitter {
 public:
  explicit FixedLengthSplitter(size_t length) : length_(length) {
    VFFN_CHECK(length_ > 0, "pre_tokenizer FixedLength: the length is 0");
  }

  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    for (size_t position = 0; position < text.size();) {
      size_t end = position;
      for (size_t count = 0; count < length_ && end < text.size(); ++count) {
        DecodeUtf8(text, end);
      }
      words.push_back(text.substr(position, end - position));
      position = end;
    }
  }

  std::string Describe() const override { return "FixedLength(" + std::to_string(length_) + ")"; }

 private:
  size_t length_;
};

// Scripts as of Unicode 9: later characters, and blanks, go with any script.
class ScriptSplitter : public WordSplitter {
 public:
  ScriptSplitter() : script_of_(size_t{CodePointSet::kLast} + 1, kAny) {
    const auto names = ScriptNames();
    const auto index = [&](std::string_view name) {
      return static_cast<uint8_t>(std::find(names.begin(), names.end(), name) - names.begin());
    };
    const uint8_t han = index("Han"), hiragana = index("Hiragana"), katakana = index("Katakana"),
                  unknown = index("Unknown");
    const auto runs = ScriptRuns();
    for (size_t i = 0; i < runs.size(); ++i) {
      const uint32_t end = i + 1 < runs.size() ? runs[i + 1].first : CodePointSet::kLast + 1;
      const uint8_t script = runs[i].value == hiragana || runs[i].value == katakana ? han : runs[i].value;
      for (uint32_t code = runs[i].first; code < end; ++code) {
        UVersionInfo age;
        u_charAge(static_cast<UChar32>(code), age);
        if (age[0] > 0 && age[0] <= 9 && script != unknown) {
          script_of_[code] = script;
        }
      }
    }
    script_of_[0x589] = script_of_[0x61C] = index("Common");      // of one script only later
    script_of_[0x953] = script_of_[0x954] = index("Devanagari");  // of several only later
    script_of_[' '] = kAny;
    script_of_[0x30FC] = han;  // the long vowel of Katakana and Hiragana
  }

  // What comes before the first character that has a script is dropped.
  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    size_t begin = text.size();
    uint8_t last = kAny;
    for (size_t position = 0; position < text.size();) {
      const size_t start = position;
      const uint8_t script = script_of_[DecodeUtf8(text, position)];
      if (script == kAny || script == last) {
        continue;
      }
      if (last != kAny) {
        words.push_back(text.substr(begin, start - begin));
      }
      begin = start;
      last = script;
    }
    if (begin < text.size()) {
      words.push_back(text.substr(begin));
    }
  }

  std::string Describe() const override { return "UnicodeScripts"; }

 private:
  static constexpr uint8_t kAny = 255;
  std::vector<uint8_t> script_of_;
};

}  // namespace

std::unique_ptr<const WordSplitter> MakeScriptSplitter() { return std::make_unique<ScriptSplitter>(); }

std::unique_ptr<const WordSplitter> MakeDigitSplitter(bool individual) {
  return std::make_unique<DigitSplitter>(individual);
}

std::unique_ptr<const WordSplitter> MakeWhitespaceSplitter() {
  return std::make_unique<WhitespaceSplitter>();
}

std::unique_ptr<const WordSplitter> MakeFixedLengthSplitter(size_t length) {
  return std::make_unique<FixedLengthSplitter>(length);
}

}  // namespace vffn
