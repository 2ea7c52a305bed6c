// Hugging Face folders as checkpoints: config.json and safetensors.
#pragma once

#include <filesystem>
#include <memory>

#include "base/json_fwd.h"
#include "model/weights/checkpoint.h"

namespace vffn {

/// The model that a config.json describes, read by the architecture that its `architectures` names. Throws
/// Error, naming the key and its value, if the architecture is not supported, a key is missing or malformed,
/// or one asks for arithmetic that is not supported.
ModelConfig ReadHuggingFaceConfig(const Json& json, const std::string& origin);

/// Opens a folder with config.json and model.safetensors, or else model.safetensors.index.json and the files
/// that it names. If config.json says that the head is tied, lm_head.weight may still be there, but must
/// equal the embedding byte for byte: transformers 4 would use the embedding, transformers 5 the head. Rotary
/// tables (rotary_emb.inv_freq) of old checkpoints are ignored, as in transformers.
std::unique_ptr<Checkpoint> OpenHuggingFaceCheckpoint(const std::filesystem::path& folder,
                                                      std::string_view model_args);

}  // namespace vffn
