// Tokens by id and ids by token.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

/// A second spelling of an id.
struct TokenAlias {
  std::string token;
  TokenId id = 0;
};

class Vocabulary {
 public:
  static constexpr TokenId kNone = -1;

  /// `tokens` by id. An empty one is a hole: an id without a token. Of equal tokens the last counts. No alias
  /// is among the tokens.
  explicit Vocabulary(std::vector<std::string> tokens, std::vector<TokenAlias> aliases = {});

  TokenId Find(std::string_view token) const;
  const std::string& operator[](TokenId id) const { return tokens_[static_cast<size_t>(id)]; }
  TokenId size() const { return static_cast<TokenId>(tokens_.size()); }
  size_t distinct() const { return distinct_; }  ///< tokens that are not empty, aliases not counted
  const std::vector<TokenAlias>& aliases() const { return aliases_; }

 private:
  struct Slot {
    uint32_t hash = 0;
    TokenId id = kNone;
  };
  // Where `token` is, or would be put.
  size_t SlotOf(std::string_view token, uint32_t hash) const;

  std::vector<std::string> tokens_;
  std::vector<TokenAlias> aliases_;
  std::unordered_map<std::string, TokenId> ids_of_aliases_;
  size_t distinct_ = 0;
  std::vector<Slot> slots_;  // open addressing, a power of two, at most half full
};

}  // namespace vffn
