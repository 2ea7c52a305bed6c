#include "runs/losses/token_text.h"

#include <algorithm>
#include <string>

namespace vffn {

TokenTextSizes::TokenTextSizes(const Tokenizer& tokenizer, std::optional<TokenId> end_of_document)
    : tokenizer_(tokenizer), sizes_(static_cast<size_t>(tokenizer.vocab_size()), TextSize{.bytes = -1}) {
  if (end_of_document) {
    sizes_.at(static_cast<size_t>(*end_of_document)) = {};
  }
}

TextSize TokenTextSizes::Sum(std::span<const TokenId> tokens) {
  TextSize sum;
  for (const TokenId token : tokens) {
    TextSize& size = sizes_.at(static_cast<size_t>(token));
    if (size.bytes < 0) {
      const std::string bytes = tokenizer_.TokenBytes(token);
      size = {.bytes = static_cast<int64_t>(bytes.size()),
              .characters = std::ranges::count_if(
                  bytes, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; })};
    }
    sum.bytes += size.bytes;
    sum.characters += size.characters;
  }
  return sum;
}

}  // namespace vffn
