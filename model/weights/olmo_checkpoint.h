// OLMo "unsharded" folders as checkpoints: config.yaml and model.safetensors or model.pt.
#pragma once

#include <filesystem>
#include <memory>

#include "model/weights/checkpoint.h"

namespace vffn {

/// Opens the folder; the block_type of config.yaml determines the architecture. If both files of weights
/// exist, model.safetensors is read. Tensors may be named with or without the prefix "transformer.".
std::unique_ptr<Checkpoint> OpenOlmoCheckpoint(const std::filesystem::path& folder,
                                               std::string_view model_args);

}  // namespace vffn
