// The special tokens of a model: the ones that its files name, and those that its tokenizer puts around a
// text by itself.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "text/post_processor.h"
#include "text/tokenizer.h"

namespace vffn {

struct SpecialToken {
  TokenId id = 0;
  std::string text;    ///< "<s>"
  std::string source;  ///< where the model's files name it: "tokenizer_config.json: bos_token"

  bool operator==(const SpecialToken&) const = default;
};

struct SpecialTokens {
  // The tokenizer's, as AutoTokenizer of transformers 5.24 gives them. In this order: special_tokens_map.json
  // (not read if tokenizer_config.json has "added_tokens_decoder"), tokenizer_config.json, the default of the
  // tokenizer's class, what tokenizer.model says. In a GGUF file: tokenizer.ggml.bos_token_id, ...
  std::optional<SpecialToken> bos, eos, unknown, pad;

  // The model's: bos_token_id and eos_token_id (a number or a list) of config.json; where it does not have
  // the field, of generation_config.json. In a GGUF file the same as the tokenizer's.
  std::optional<SpecialToken> model_bos;
  std::vector<SpecialToken> model_eos;
  bool has_model_config = false;  ///< there is a config.json of a model, or the tokenizer is a GGUF file's

  // What the tokenizer adds when it is asked for special tokens.
  TokensAround around;
  std::string around_source;  ///< "tokenizer.json: post_processor"

  /// The end of a document: the tokenizer's eos, else the model's first one.
  std::optional<TokenId> end_of_document() const;
};

/// The files of the folder that belong to its tokenizer.json, which is copied with them: those that are there
/// of tokenizer_config.json, special_tokens_map.json and generation_config.json.
std::vector<std::filesystem::path> TokenizerSideFiles(const std::filesystem::path& folder);

/// Of a tokenizer, and of the files of those names in the folder of its file, each of which may be missing.
/// If it was not made from a tokenizer.json, add_bos_token and add_eos_token of tokenizer_config.json say
/// what is added. A token that a file names but the vocabulary does not have is left out. Throws Error naming
/// file and field if a file is not as expected.
SpecialTokens ReadSpecialTokens(const std::filesystem::path& tokenizer_file, const Tokenizer& tokenizer);

/// Of a GGUF file; see AddsBos (tokenizer.h) for one without tokenizer.ggml.add_bos_token.
SpecialTokens SpecialTokensOf(const GgufVocabulary& vocabulary);

}  // namespace vffn
