// The tokenizer of a model.
#pragma once

#include <filesystem>
#include <memory>

#include "text/tokenizer.h"

namespace vffn {

/// `explicit_path` (a tokenizer.json or a GGUF file) if it is not empty; else the model's own: the metadata
/// of a GGUF file, or the tokenizer.json in a checkpoint folder. Throws Error naming --tokenizer if there is
/// none.
std::unique_ptr<const Tokenizer> OpenTokenizer(const std::filesystem::path& model,
                                               const std::filesystem::path& explicit_path,
                                               GgufPipeline pipeline);

}  // namespace vffn
