// The tokenizer classes of the transformers library that decide something about special tokens.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

struct TokenizerClass {
  std::string_view name;
  // Special tokens where tokenizer_config.json does not speak of them; empty: none.
  std::string_view bos, eos, unknown, pad;
  /// The class builds its own post-processor, which adds nothing, in place of the one in tokenizer.json.
  bool drops_post_processor = false;
};

/// The class that AutoTokenizer of transformers 5.24 takes for "tokenizer_class" of tokenizer_config.json (or
/// config.json) and "model_type" of config.json; both may be empty. Null: a class without defaults.
const TokenizerClass* FindTokenizerClass(std::string tokenizer_class, const std::string& model_type);

}  // namespace vffn
