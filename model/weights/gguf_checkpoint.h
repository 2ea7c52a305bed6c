// GGUF files of the `llama` architecture.
#pragma once

#include <filesystem>
#include <memory>

#include "model/weights/checkpoint.h"
#include "model/weights/gguf_file.h"

namespace vffn {

/// The model the llama.* metadata describes. Throws Error naming the key and its value where it asks for
/// arithmetic that is not supported (rotary scaling, experts, sliding windows, any llama.* key not known to
/// be harmless).
ModelConfig ReadGgufConfig(const GgufFile& file);

/// Opens FILE.gguf. llama.cpp stores the rows of q and k so that rotary pairs are neighbours (interleaved);
/// they are put back in half-split order, as transformers does. Without output.weight the head is the
/// embedding.
std::unique_ptr<Checkpoint> OpenGgufCheckpoint(const std::filesystem::path& path,
                                               std::string_view model_args);

}  // namespace vffn
