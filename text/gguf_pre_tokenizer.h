// The names of tokenizer.ggml.pre, with which GGUF files say how a text is cut into words.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace vffn {

/// What a name stands for, in the words of a tokenizer.json. Where the tokenizer.json of the models with this
/// name is known, the steps are the ones in it; else they are llama.cpp's.
struct GgufPreTokenizer {
  Json normalizer;                      ///< null: none
  Json pre_tokenizer;                   ///< ends with the step ByteLevel
  bool ignore_merges = false;           ///< a word that is a token is that token
  bool user_defined_normalized = true;  ///< user-defined tokens are sought in the normalised text
  bool adds_bos = false;                ///< where the file has no add_bos_token
};

/// The entry of `name`, or null. llama.cpp takes "default" where a file has no name.
const GgufPreTokenizer* FindGgufPreTokenizer(std::string_view name);

/// All names, sorted, with commas between them, for messages.
std::string GgufPreTokenizerNames();

}  // namespace vffn
