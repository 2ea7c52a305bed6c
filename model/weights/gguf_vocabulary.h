// The tokenizer a GGUF file carries.
#pragma once

#include <filesystem>

#include "text/tokenizer.h"

namespace vffn {

/// Reads the tokenizer.ggml.* metadata; the weights are not touched. Throws Error if the file is corrupt, has
/// no vocabulary, or lists of its tokens' types or scores have another length than the vocabulary.
GgufVocabulary ReadGgufVocabulary(const std::filesystem::path& path);

}  // namespace vffn
