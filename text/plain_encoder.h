// Tokens of a text in which special tokens that are written out are ordinary text.
#pragma once

#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

/// Every tokenizer that is read from a file is one.
class PlainEncoder {
 public:
  virtual ~PlainEncoder() = default;

  /// As Tokenizer::Encode, but "<|endoftext|>" in the text is no special token; other added tokens are found.
  /// This is llama.cpp's way with parse_special = false.
  virtual std::vector<TokenId> EncodePlain(std::string_view text) const = 0;
};

/// Throws Error if the tokenizer is none.
std::vector<TokenId> EncodePlain(const Tokenizer& tokenizer, std::string_view text);

}  // namespace vffn
