// Byte-pair encoding of one word.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/models/word_model.h"
#include "text/vocabulary.h"

namespace vffn {

/// `left` and `right` side by side become `merged`. Lower ranks first; of equal ranks the leftmost pair.
struct BpeMerge {
  TokenId left = 0;
  TokenId right = 0;
  TokenId merged = 0;
  uint32_t rank = 0;
};

struct BpeOptions {
  bool byte_level = false;  ///< symbols are bytes, written in the alphabet of byte_level.h; else characters
  bool byte_fallback =
      false;  ///< an unknown character becomes the tokens <0x00>..<0xFF> of its bytes, if all exist
  bool fuse_unknown = false;       ///< neighbouring unknown characters become one unknown token
  bool ignore_merges = false;      ///< a word that is a token as it stands is that token
  std::string prefix;              ///< before every character of a word but the first
  std::string suffix;              ///< after the last character
  std::optional<TokenId> unknown;  ///< without it unknown symbols are dropped, and their neighbours may merge
  /// An unknown token that is not in the vocabulary: an error if it is needed.
  std::optional<std::string> missing_unknown;
};

class Bpe : public WordModel {
 public:
  /// Of merges with the same pair the last counts. Prefix and suffix exclude byte_level.
  Bpe(std::shared_ptr<const Vocabulary> vocabulary, const std::vector<BpeMerge>& merges,
      const BpeOptions& options);

  std::string Describe() const override;

 protected:
  void EncodeAfresh(std::string_view word, std::vector<TokenId>& ids) const override;

 private:
  struct Symbols;  // a word while it is being merged
  struct Found {
    uint32_t rank;
    TokenId merged;
  };
  struct Slot {
    uint64_t pair = kNoPair;
    Found found{kNoRank, 0};
  };
  static constexpr uint64_t kNoPair = ~uint64_t{0};
  static constexpr uint32_t kNoRank = ~uint32_t{0};
  static size_t HashOf(uint64_t pair) { return static_cast<size_t>((pair * 0x9E3779B97F4A7C15u) >> 32); }

  Found Find(TokenId left, TokenId right) const;
  TokenId Unknown() const;
  bool HasUnknown() const { return options_.unknown || options_.missing_unknown; }
  void FirstSymbols(std::string_view word, std::vector<TokenId>& symbols) const;
  void FirstCharacterSymbols(std::string_view word, std::vector<TokenId>& symbols) const;
  void MergeShort(std::vector<TokenId>& symbols) const;
  void MergeLong(std::vector<TokenId>& symbols) const;

  std::shared_ptr<const Vocabulary> vocabulary_;
  std::unique_ptr<const Vocabulary> words_;  // with ignore_merges and byte_level: tokens as bytes
  BpeOptions options_;
  std::array<TokenId, 256>
      byte_symbols_;  // byte_level: first symbol of a byte; else fallback token of a byte
  std::vector<TokenId> character_symbols_;  // characters: first symbol by code point below 0x10000
  std::vector<Slot> merges_;                // open addressing, a power of two, at most half full
};

}  // namespace vffn
