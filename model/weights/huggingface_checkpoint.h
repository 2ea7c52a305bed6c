// Hugging Face folders as checkpoints: config.json, and safetensors or pytorch_model.bin.
#pragma once

#include <memory>
#include <string>

#include "base/json_fwd.h"
#include "model/weights/checkpoint.h"
#include "model/weights/checkpoint_folder.h"

namespace vffn {

/// The model that a config.json describes, read by the architecture that its `architectures` names. Throws
/// Error, naming the key and its value, if the architecture is not supported, a key is missing or malformed,
/// or one asks for arithmetic that is not supported.
ModelConfig ReadHuggingFaceConfig(const Json& json, const std::string& origin);

/// Opens a folder with config.json and the first of model.safetensors, model.safetensors.index.json,
/// pytorch_model.bin and pytorch_model.bin.index.json that is there, or the file that was given. Tensors are
/// named as their class names them or as FitNames repairs. If config.json says that the head is tied, the
/// file may hold either lm_head.weight or the embedding, or both if they are equal byte for byte: of
/// different ones transformers 4 would use the embedding, transformers 5 the head. Buffers of old
/// checkpoints, such as rotary tables and causal masks, are ignored.
std::unique_ptr<Checkpoint> OpenHuggingFaceCheckpoint(const CheckpointFolder& folder);

}  // namespace vffn
