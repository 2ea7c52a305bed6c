// OLMo "unsharded" folders: config.yaml + model.safetensors or model.pt.
#pragma once

#include <filesystem>
#include <memory>

#include "model/weights/checkpoint.h"

namespace vffn {

/// Opens the folder; model.safetensors is preferred where both files exist. Tensor names with and without the
/// prefix "transformer." are taken.
std::unique_ptr<Checkpoint> OpenOlmoCheckpoint(const std::filesystem::path& folder,
                                               std::string_view model_args);

}  // namespace vffn
