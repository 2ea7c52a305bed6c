// A tokenizer for texts of tests: one token for each byte.
#pragma once

#include <string>

#include "base/json.h"

namespace vffn {

/// UTF-8 of a code point below U+0800.
inline std::string Utf8(int code_point) {
  if (code_point < 0x80) {
    return std::string(1, static_cast<char>(code_point));
  }
  return {static_cast<char>(0xC0 | code_point >> 6), static_cast<char>(0x80 | (code_point & 0x3F))};
}

/// A tokenizer.json whose tokens are the 256 bytes, spelled as GPT-2 spells them, and <|endoftext|>, which is
/// 256.
inline std::string ByteTokenizer() {
  Json vocabulary;
  int unprintable = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    vocabulary[Utf8(printable ? byte : unprintable++)] = byte;
  }
  return R"({"added_tokens": [{"id": 256, "content": "<|endoftext|>", "special": true}], "normalizer": null,
      "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
      "model": {"type": "BPE", "merges": [], "vocab": )" +
         vocabulary.dump() + "}}";
}

}  // namespace vffn
