// Normalisers that take each character by itself: lower case, accents, control characters, bytes.
#include <unicode/uchar.h>

#include <algorithm>

#include "text/byte_level.h"
#include "text/character_sets.h"
#include "text/normalizer.h"
#include "text/utf8.h"

namespace vffn {
namespace {

// A text from `append(code, text)` for every character of another.
template <class Append>
std::string ByCharacter(std::string_view text, Append append) {
  std::string result;
  result.reserve(text.size());
  for (size_t position = 0; position < text.size();) {
    append(DecodeUtf8(text, position), result);
  }
  return result;
}

bool AllBytesBelow(std::string_view text, unsigned char limit) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return static_cast<unsigned char>(c) < limit; });
}

void AppendLowercase(uint32_t code, std::string& text) {
  if (code == 0x130) {  // capital I with a dot: the only one that becomes two characters
    text += "i\u0307";
    return;
  }
  const auto later = LaterLowercase();
  const auto found = std::lower_bound(later.begin(), later.end(), code,
                                      [](const CodePointPair& pair, uint32_t c) { return pair.from < c; });
  if (found != later.end() && found->from == code) {
    AppendUtf8(found->to, text);
  } else {
    AppendUtf8(static_cast<uint32_t>(u_tolower(static_cast<UChar32>(code))), text);
  }
}

class Lowercase : public Normalizer {
 public:
  void Apply(std::string& text) const override { text = ByCharacter(text, AppendLowercase); }

  bool Keeps(std::string_view text) const override {
    return AllBytesBelow(text, 0x80) &&
           std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  }

  std::string Describe() const override { return "Lowercase"; }
};

class StripAccents : public Normalizer {
 public:
  void Apply(std::string& text) const override {
    text = ByCharacter(text, [&](uint32_t code, std::string& result) {
      if (!RustCombiningMarkSet().Contains(code)) {
        AppendUtf8(code, result);
      }
    });
  }

  bool Keeps(std::string_view text) const override { return AllBytesBelow(text, 0xCC); }  // below U+0300
  std::string Describe() const override { return "StripAccents"; }
};

class Nmt : public Normalizer {
 public:
  void Apply(std::string& text) const override {
    static const CodePointSet dropped = {{0x1, 0x8},   {0xB, 0xB},   {0xE, 0x1F},
                                         {0x7F, 0x7F}, {0x8F, 0x8F}, {0x9F, 0x9F}};
    static const CodePointSet blanks = {{0x9, 0xA},       {0xC, 0xD},       {0x1680, 0x1680},
                                        {0x200B, 0x200F}, {0x2028, 0x2029}, {0x2581, 0x2581},
                                        {0xFEFF, 0xFEFF}, {0xFFFD, 0xFFFD}};
    text = ByCharacter(text, [&](uint32_t code, std::string& result) {
      if (!dropped.Contains(code)) {
        AppendUtf8(blanks.Contains(code) ? ' ' : code, result);
      }
    });
  }

  bool Keeps(std::string_view text) const override { return text.empty(); }
  std::string Describe() const override { return "Nmt"; }
};

class ByteLevelNormalizer : public Normalizer {
 public:
  void Apply(std::string& text) const override {
    std::string result;
    for (const char byte : text) {
      result += ByteCharacter(static_cast<unsigned char>(byte));
    }
    text = std::move(result);
  }

  bool Keeps(std::string_view text) const override { return text.empty(); }
  std::string Describe() const override { return "ByteLevel"; }
  bool WritesBytes() const override { return true; }
};

class Bert : public Normalizer {
 public:
  explicit Bert(const BertOptions& options)
      : options_(options), nfd_(MakeUnicodeForm(UnicodeForm::kNfd)), lowercase_(MakeLowercase()) {}

  void Apply(std::string& text) const override {
    if (options_.clean_text) {
      text = ByCharacter(text, AppendClean);
    }
    if (options_.handle_chinese_chars) {
      text = ByCharacter(text, AppendSpacedIdeograph);
    }
    if (options_.strip_accents) {
      nfd_->Apply(text);
      text = ByCharacter(text, [](uint32_t code, std::string& result) {
        if (!RustNonspacingMarkSet().Contains(code)) {
          AppendUtf8(code, result);
        }
      });
    }
    if (options_.lowercase) {
      lowercase_->Apply(text);
    }
  }

  bool Keeps(std::string_view text) const override { return text.empty(); }

  std::string Describe() const override {
    return std::string("Bert(") + (options_.clean_text ? "clean," : "") +
           (options_.handle_chinese_chars ? "ideographs," : "") + (options_.strip_accents ? "accents," : "") +
           (options_.lowercase ? "lowercase" : "") + ")";
  }

 private:
  static void AppendClean(uint32_t code, std::string& text) {
    if (code != 0 && code != 0xFFFD && !BertControlSet().Contains(code)) {
      AppendUtf8(WhitespaceSet().Contains(code) ? ' ' : code, text);
    }
  }

  static void AppendSpacedIdeograph(uint32_t code, std::string& text) {
    static const CodePointSet ideographs = {{0x4E00, 0x9FFF},   {0x3400, 0x4DBF},   {0x20000, 0x2A6DF},
                                            {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF},
                                            {0xF900, 0xFAFF},   {0x2F800, 0x2FA1F}};
    const bool spaced = ideographs.Contains(code);
    text += spaced ? " " : "";
    AppendUtf8(code, text);
    text += spaced ? " " : "";
  }

  BertOptions options_;
  std::unique_ptr<const Normalizer> nfd_, lowercase_;
};

}  // namespace

std::unique_ptr<const Normalizer> MakeLowercase() { return std::make_unique<Lowercase>(); }
std::unique_ptr<const Normalizer> MakeStripAccents() { return std::make_unique<StripAccents>(); }
std::unique_ptr<const Normalizer> MakeNmt() { return std::make_unique<Nmt>(); }
std::unique_ptr<const Normalizer> MakeByteLevelNormalizer() {
  return std::make_unique<ByteLevelNormalizer>();
}
std::unique_ptr<const Normalizer> MakeBert(const BertOptions& options) {
  return std::make_unique<Bert>(options);
}

}  // namespace vffn
