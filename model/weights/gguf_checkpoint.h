// GGUF files as checkpoints.
#pragma once

#include <filesystem>
#include <memory>

#include "model/weights/checkpoint.h"
#include "model/weights/gguf_file.h"

namespace vffn {

/// The model that the file describes, read by the architecture of its general.architecture. Throws Error,
/// naming the key and its value, if the architecture is not supported, a key of it is missing or malformed,
/// or one asks for arithmetic that is not supported. Keys of the architecture that are unknown are refused.
ModelConfig ReadGgufConfig(const GgufFile& file);

/// Opens FILE.gguf, or the first part of a split model (MapGguf).
std::unique_ptr<Checkpoint> OpenGgufCheckpoint(const std::filesystem::path& path,
                                               std::string_view model_args);

}  // namespace vffn
