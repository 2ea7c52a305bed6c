// OLMo "unsharded" folders as checkpoints: config.yaml and model.safetensors or model.pt.
#pragma once

#include <memory>

#include "model/weights/checkpoint.h"
#include "model/weights/checkpoint_folder.h"

namespace vffn {

/// Opens the folder; the block_type of config.yaml determines the architecture. If both files of weights
/// exist, model.safetensors is read. Tensors may be named with or without the prefix "transformer.", and with
/// the prefixes of wrappers (FitNames).
std::unique_ptr<Checkpoint> OpenOlmoCheckpoint(const CheckpointFolder& folder);

}  // namespace vffn
