// OLMo "unsharded" folders: config.yaml + model.safetensors or model.pt.
#pragma once

#include <filesystem>
#include <memory>

#include "model/weights/checkpoint.h"
#include "model/weights/olmo_config.h"
#include "model/weights/recipe.h"

namespace vffn {

/// How the format stores our parameters; `prefix` begins every name.
Recipe OlmoRecipe(OlmoBlock block, const std::string& prefix = "transformer.");

/// Opens the folder; model.safetensors is preferred where both files exist. Tensor names with and without the
/// prefix "transformer." are taken.
std::unique_ptr<Checkpoint> OpenOlmoCheckpoint(const std::filesystem::path& folder,
                                               std::string_view model_args);

}  // namespace vffn
