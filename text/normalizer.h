// The normalisers of Hugging Face's tokenizers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// One step: text to text. Thread safe.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  /// Replaces `text` (well-formed UTF-8) by its normal form.
  virtual void Apply(std::string& text) const = 0;
  /// True if Apply would surely leave `text` as it is: a cheap test that spares the copy.
  virtual bool Keeps(std::string_view text) const = 0;
  /// How many bytes of the normal form of `text` stem from its first `head` bytes, which are one character of
  /// the raw text. Metaspace asks for it.
  virtual size_t HeadAfter(std::string_view text, size_t head) const;
  /// Name and arguments, for the tokenizer's identity.
  virtual std::string Describe() const = 0;
  /// True if all the step does is to write bytes as characters (byte_level.h).
  virtual bool WritesBytes() const { return false; }
};

using Normalizers = std::vector<std::unique_ptr<const Normalizer>>;

/// Normalisation forms as of Unicode 9, where Hugging Face's normaliser stopped: later characters are left
/// alone.
enum class UnicodeForm { kNfc, kNfd, kNfkc, kNfkd };
std::unique_ptr<const Normalizer> MakeUnicodeForm(UnicodeForm form);
std::unique_ptr<const Normalizer> MakeNfc();

/// Every `from` becomes `to`; if `from` is empty, `to` goes between all characters.
std::unique_ptr<const Normalizer> MakeReplace(std::string from, std::string to);

/// Every match of `pattern` becomes `to`. Throws Error if the pattern is not supported, see regex.h.
std::unique_ptr<const Normalizer> MakeRegexReplace(std::string_view pattern, std::string to);

/// `prefix` before any text that is not empty.
std::unique_ptr<const Normalizer> MakePrepend(std::string prefix);

/// Without the white space at its ends.
std::unique_ptr<const Normalizer> MakeStrip(bool left, bool right);

/// Each character by itself in lower case: no final sigma.
std::unique_ptr<const Normalizer> MakeLowercase();

/// Without combining marks.
std::unique_ptr<const Normalizer> MakeStripAccents();

/// Nmt: without control characters, line breaks and format characters as blanks.
std::unique_ptr<const Normalizer> MakeNmt();

/// Every byte becomes the character that stands for it.
std::unique_ptr<const Normalizer> MakeByteLevelNormalizer();

struct BertOptions {
  bool clean_text = true;            ///< no control characters, white space as blanks
  bool handle_chinese_chars = true;  ///< blanks around ideographs
  bool strip_accents = true;
  bool lowercase = true;
};
std::unique_ptr<const Normalizer> MakeBert(const BertOptions& options);

/// SentencePiece's map of characters: the decoded bytes of "precompiled_charsmap". Throws Error if they are
/// damaged.
std::unique_ptr<const Normalizer> MakePrecompiled(std::string bytes);

}  // namespace vffn
