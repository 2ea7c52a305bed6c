// Pre-tokenization: a text becomes words, each of which is tokenised by itself.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/code_point_set.h"
#include "text/known_patterns.h"

namespace vffn {

/// The words of a text between two steps.
class WordList {
 public:
  /// One word, the whole of `text`. What lies before `head_end` stems from the first character of the raw
  /// text.
  void Start(std::string_view text, const char* head_end);

  const std::vector<std::string_view>& words() const { return words_; }
  /// Whether a word begins with what stems from the first character of the raw text.
  bool IsFirst(std::string_view word) const { return word.data() < head_end_; }

 private:
  friend class WordSplitter;
  friend class WordRewriter;

  std::vector<std::string_view> words_, next_;
  const char* head_end_ = nullptr;      // in the buffer of the words
  std::array<std::string, 2> buffers_;  // of rewritten words, in turn
  size_t next_buffer_ = 0;
  std::vector<size_t> ends_;
};

/// A step. Thread safe.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual void Apply(WordList& list) const = 0;
  /// Name and arguments, for the tokenizer's identity.
  virtual std::string Describe() const = 0;
  /// True if all the step does is to write bytes as characters (byte_level.h).
  virtual bool WritesBytes() const { return false; }
  /// True if the step treats the first word of a text in its own way.
  virtual bool AsksForFirst() const { return false; }
};

using WordSplitters = std::vector<std::unique_ptr<const PreTokenizer>>;

/// A step that cuts words.
class WordSplitter : public PreTokenizer {
 public:
  /// Appends the words of `text` (well-formed UTF-8), in order; none is empty. Words are views into `text`.
  virtual void Split(std::string_view text, std::vector<std::string_view>& words) const = 0;
  void Apply(WordList& list) const final;
};

/// A step that writes words anew.
class WordRewriter : public PreTokenizer {
 public:
  /// Appends the new form of a word. `is_first`: see WordList.
  virtual void Rewrite(std::string_view word, bool is_first, std::string& text) const = 0;
  void Apply(WordList& list) const final;
};

/// What becomes of a delimiter. Neighbouring delimiters are one word with kContiguous.
enum class Delimiter { kIsolated, kRemoved, kWithPrevious, kWithNext, kContiguous };

/// How a text is cut at delimiters.
struct Cut {
  Delimiter behavior = Delimiter::kIsolated;
  bool invert = false;  ///< what is found are the words, and what is between them the delimiters
};

/// Cuts at the matches of `pattern`. GPT-2's, Llama-3's and Qwen2's have scanners of their own where all
/// matches are words; the rest runs in PCRE2. Throws Error if the pattern is not supported, see regex.h.
std::unique_ptr<const WordSplitter> MakePatternSplitter(std::string_view pattern, Cut cut = {});

/// As MakePatternSplitter, always in PCRE2.
std::unique_ptr<const WordSplitter> MakeRegexSplitter(std::string_view pattern, Cut cut = {});

/// Cuts at every `delimiter`; if it is empty, between all characters.
std::unique_ptr<const WordSplitter> MakeLiteralSplitter(std::string delimiter, Cut cut);

/// Cuts at every character of `set`. `name` is for Describe.
std::unique_ptr<const WordSplitter> MakeSetSplitter(const CodePointSet& set, Cut cut, std::string name);

/// Numeric characters are cut from the rest: each by itself, or runs of them whole.
std::unique_ptr<const WordSplitter> MakeDigitSplitter(bool individual);

/// \w+|[^\w\s]+
std::unique_ptr<const WordSplitter> MakeWhitespaceSplitter();

/// Words of `length` characters, the last one shorter perhaps. Throws Error if it is 0.
std::unique_ptr<const WordSplitter> MakeFixedLengthSplitter(size_t length);

/// Where the script changes. Han, Hiragana and Katakana are one, a blank belongs to any.
std::unique_ptr<const WordSplitter> MakeScriptSplitter();

/// Puts `prefix` before every word that does not begin with it.
std::unique_ptr<const PreTokenizer> MakePrefixer(std::string prefix);

/// Metaspace: every blank becomes `replacement`, which is put before the words that do not begin with it:
/// all, the first one, or none.
enum class PrependScheme { kAlways, kFirst, kNever };
std::unique_ptr<const PreTokenizer> MakeMetaspace(std::string replacement, PrependScheme scheme);

/// Every byte becomes the character that stands for it (byte_level.h).
std::unique_ptr<const PreTokenizer> MakeByteCharacters();

}  // namespace vffn
