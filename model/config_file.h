// A model's architecture as a JSON file: configs/*.json, and model.json of a checkpoint folder.
#pragma once

#include <filesystem>

#include "model/config.h"

namespace vffn {

/// The model that the file describes (ParseModelConfig), validated. Throws Error, beginning with the path, if
/// the file cannot be read or is not strict JSON, a field is missing or unknown, or a value is out of range.
ModelConfig ReadModelConfig(const std::filesystem::path& path);

/// The contents of such a file: ToJson, indented, with a newline at the end.
std::string ModelConfigText(const ModelConfig& config);

}  // namespace vffn
