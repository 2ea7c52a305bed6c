// Pre-tokenization: text into words, each of which is tokenised by itself.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// Thread safe.
class WordSplitter {
 public:
  virtual ~WordSplitter() = default;
  /// Appends the words of `text` (well-formed UTF-8), in order; none is empty. Words are views into `text`.
  virtual void Split(std::string_view text, std::vector<std::string_view>& words) const = 0;
  /// Name and arguments, for the tokenizer's identity.
  virtual std::string Describe() const = 0;
};

using WordSplitters = std::vector<std::unique_ptr<const WordSplitter>>;

/// The patterns of GPT-2, Llama-3 and Qwen2, in Oniguruma's syntax, as their tokenizer.json files write them.
inline constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
inline constexpr std::string_view kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
inline constexpr std::string_view kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// Words are the matches of `pattern` and the text between them. The patterns above have scanners of their
/// own; others run in PCRE2. Throws Error naming the construct if the pattern is outside the subset whose
/// meaning is the same in Oniguruma and here: literals, classes, \s \S \p{L} \P{L} \p{N} \P{N}, groups,
/// (?i:), lookahead, quantifiers.
std::unique_ptr<const WordSplitter> MakePatternSplitter(std::string_view pattern);

/// As MakePatternSplitter, always in PCRE2.
std::unique_ptr<const WordSplitter> MakeRegexSplitter(std::string_view pattern);

/// Numeric characters (\p{N}) are cut from the rest: each by itself, or runs of them whole.
std::unique_ptr<const WordSplitter> MakeDigitSplitter(bool individual);

/// What becomes of a delimiter.
enum class Delimiter { kIsolated, kRemoved, kWithPrevious, kWithNext };

/// Cuts at every `delimiter`. Throws Error if it is empty.
std::unique_ptr<const WordSplitter> MakeLiteralSplitter(std::string delimiter, Delimiter behavior);

}  // namespace vffn
