// The tokenizer in a GGUF file.
#pragma once

#include <filesystem>

#include "text/tokenizer.h"

namespace vffn {

/// Reads the tokenizer.ggml.* metadata, but not the weights. Throws Error if the file is corrupt or has no
/// vocabulary, or if its lists of token types or scores have another length than the vocabulary.
GgufVocabulary ReadGgufVocabulary(const std::filesystem::path& path);

}  // namespace vffn
