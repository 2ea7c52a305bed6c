// Our own layout for every kind of model: model.json and model.safetensors.
#pragma once

#include <memory>

#include "model/weights/checkpoint.h"
#include "model/weights/checkpoint_folder.h"
#include "model/weights/recipe.h"

namespace vffn {

/// Stores every parameter under its own name (ParameterSpecs).
Recipe VffnRecipe(const ModelConfig& config);

/// Opens a folder with model.json (config_file.h) and model.safetensors.
std::unique_ptr<Checkpoint> OpenVffnCheckpoint(const CheckpointFolder& folder);

}  // namespace vffn
