// A model's architecture as a JSON file: configs/*.json, and model.json of a checkpoint folder.
#pragma once

#include <filesystem>

#include "model/config.h"

namespace vffn {

/// The model that the file describes, as ToJson writes it. Throws Error, beginning with the path, if it
/// cannot be read, is no strict JSON, lacks a field or has an unknown one, or if a value does not fit
/// (Validate).
ModelConfig ReadModelConfig(const std::filesystem::path& path);

/// ToJson, indented, with a newline at the end: the bytes of such a file.
std::string ModelConfigText(const ModelConfig& config);

}  // namespace vffn
