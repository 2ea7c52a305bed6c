// How much text tokens stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

struct TextSize {
  int64_t bytes = 0;
  int64_t characters = 0;  ///< code points: those whose first byte is among the bytes
};

/// Looks every token up once. Not thread safe.
class TokenTextSizes {
 public:
  /// `end_of_document` stands for no text.
  TokenTextSizes(const Tokenizer& tokenizer, std::optional<TokenId> end_of_document);

  TextSize Sum(std::span<const TokenId> tokens);

 private:
  const Tokenizer& tokenizer_;
  std::vector<TextSize> sizes_;  // bytes -1: not looked up yet
};

}  // namespace vffn
