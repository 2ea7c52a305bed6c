// Tokens that the files beside a tokenizer add to its vocabulary: tokenizer_config.json, added_tokens.json,
// special_tokens_map.json.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "text/added_tokens.h"
#include "text/vocabulary.h"

namespace vffn {

/// What the files say about a tokenizer that has no tokenizer.json.
struct TokenizerSettings {
  std::string tokenizer_class;  ///< without "Fast"; empty if no file names one
  std::string model_type;       ///< of config.json; empty if absent
  bool add_prefix_space = false;
  /// Prefix only what begins a text, not what follows an added token ("legacy": false).
  bool prefix_only_first = false;
};

/// Reads tokenizer_config.json and config.json of a folder; each may be missing. Throws Error naming file and
/// field if one of them is not as expected.
TokenizerSettings ReadTokenizerSettings(const std::filesystem::path& folder);

/// The id of a token of the vocabulary, or Vocabulary::kNone.
using FindToken = std::function<TokenId(std::string_view)>;

/// Text of a special token by its name, "bos_token".
using DefaultTokens = std::map<std::string, std::string>;

/// The tokens that the transformers library adds to a vocabulary of `size` ids, each once:
/// "added_tokens_decoder" of tokenizer_config.json or else those of added_tokens.json, then the special
/// tokens that special_tokens_map.json (not read if there is an "added_tokens_decoder") and
/// tokenizer_config.json name, or that `defaults` has where neither file speaks of them. A token that no file
/// numbers has its id in the vocabulary or else the next free one. Throws Error as above.
std::vector<AddedToken> ReadAddedTokens(const std::filesystem::path& folder, TokenId size,
                                        const FindToken& find, const DefaultTokens& defaults);

}  // namespace vffn
