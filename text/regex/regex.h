// Regular expressions as Hugging Face's tokenizers match them: Oniguruma's syntax and Unicode 16, run in
// PCRE2.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

struct CharacterKinds;

/// Thread safe. PCRE2 sees no characters but their kinds: characters that no class of the pattern tells apart
/// are one kind, and a kind is a byte. So neither the version of Unicode of PCRE2 nor the size of a class
/// matters.
class Regex {
 public:
  /// `where` names the pattern in messages. Throws Error, see ParsePattern; also if the pattern tells more
  /// than 256 kinds of characters apart, or has a lookbehind of variable length.
  Regex(std::string_view pattern, const std::string& where);
  ~Regex();

  struct Match {
    size_t begin, end;  ///< in bytes of the text
  };

  /// All matches in `text` (well-formed UTF-8), from left to right, none overlapping. A match may be empty,
  /// but not right after the one before it.
  void FindAll(std::string_view text, std::vector<Match>& matches) const;

 private:
  struct Code;  // PCRE2's

  void FillKindTable(const CharacterKinds& kinds);
  void FindKinds(std::string_view text) const;

  std::string pattern_, where_;
  // The kind of a code point: kinds_[pages_[code >> 8] << 8 | code & 0xFF].
  std::array<uint16_t, 0x1100> pages_{};
  std::vector<uint8_t> kinds_;
  std::unique_ptr<Code> code_;
};

}  // namespace vffn
