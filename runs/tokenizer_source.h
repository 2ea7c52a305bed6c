// The tokenizer of a model.
#pragma once

#include <filesystem>
#include <memory>

#include "text/special_tokens.h"
#include "text/tokenizer.h"

namespace vffn {

struct ModelTokenizer {
  std::unique_ptr<const Tokenizer> tokenizer;
  SpecialTokens special;  ///< named by the files beside the tokenizer, or by the metadata of its GGUF file
};

/// `explicit_path` if it is not empty, else the model's own tokenizer. The path is a tokenizer.json, a
/// tokenizer.model, a vocab.json with a merges.txt beside it, a GGUF file, or a folder with one of the former
/// three, which are sought in this order. Says on standard error if a GGUF file does not name how a text is
/// split into words. Throws Error naming --tokenizer if there is no tokenizer.
ModelTokenizer OpenTokenizer(const std::filesystem::path& model, const std::filesystem::path& explicit_path,
                             GgufPipeline pipeline);

}  // namespace vffn
