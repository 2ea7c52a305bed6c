// Folders that OLMo-core's trainer saves: config.json and the sharded model_and_optim.
#pragma once

#include <memory>

#include "base/json_fwd.h"
#include "model/weights/checkpoint.h"
#include "model/weights/checkpoint_folder.h"

namespace vffn {

/// Whether a config.json is OLMo-core's: its model names a _CLASS_.
bool IsOlmoCoreConfig(const Json& config);

/// Opens a folder with such a config.json and model_and_optim/.metadata, of which only the model is read.
/// Throws Error that begins with "OLMo-core checkpoint" and says how to convert it, if it cannot be read.
std::unique_ptr<Checkpoint> OpenOlmoCoreCheckpoint(const CheckpointFolder& folder);

}  // namespace vffn
