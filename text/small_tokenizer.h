// A small tokenizer for models that are only tried out: a byte-level BPE that can write every text.
#pragma once

#include <cstdint>
#include <string>

namespace vffn {

inline constexpr const char* kEndOfText = "<|endoftext|>";

struct SmallTokenizer {
  std::string tokenizer_json;         ///< text of the file
  std::string tokenizer_config_json;  ///< text of the file beside it, which names the end-of-text token
  int64_t size = 0;                   ///< tokens
};

/// Token 0 is kEndOfText, then come the 256 bytes, then frequent pieces of English words, up to 255 of them,
/// as many as `vocab_size` has room for. Throws Error if it is below 257.
SmallTokenizer MakeSmallTokenizer(int64_t vocab_size);

}  // namespace vffn
