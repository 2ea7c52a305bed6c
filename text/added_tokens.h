// Tokens that are found in the text before anything else is done to it: <|endoftext|> and the like.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

struct AddedToken {
  std::string content;
  TokenId id = 0;
  bool single_word = false;  ///< only where no word character (\w) is beside it
  bool lstrip = false;       ///< takes the white space before it
  bool rstrip = false;       ///< takes the white space after it
  bool normalized = false;   ///< sought in the normalised text, else in the raw text
  bool special = false;
};

/// Finds a set of added tokens: leftmost, then longest. Thread safe.
class AddedTokenMatcher {
 public:
  /// Where two tokens have the same content the first counts. Empty contents are left out, as Hugging Face
  /// does.
  explicit AddedTokenMatcher(std::vector<AddedToken> tokens);

  bool empty() const { return tokens_.empty(); }

  /// One part of a text: an added token, or the non-empty text between two of them.
  struct Part {
    std::string_view text;
    const AddedToken* token = nullptr;
  };

  /// Cuts `text` into parts, in order.
  void Split(std::string_view text, std::vector<Part>& parts) const;

 private:
  struct Match {
    const AddedToken* token = nullptr;
    size_t end = 0;
  };
  Match LongestAt(std::string_view text, size_t position) const;

  std::vector<AddedToken> tokens_;
  std::bitset<65536> first_bytes_;  // the two bytes some token begins with
  bool has_single_byte_ = false;
  std::unordered_map<uint64_t, uint32_t> edges_;  // trie: node << 8 | byte -> node
  std::vector<int32_t> node_token_;               // index into tokens_, -1 if none ends there
};

}  // namespace vffn
