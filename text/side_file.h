// The JSON files beside a tokenizer: tokenizer_config.json, special_tokens_map.json, config.json and others.
#pragma once

#include <filesystem>

#include "base/json_fwd.h"

namespace vffn {

/// The object in a file; an empty one if the file is missing. Throws Error naming the file if it is not one
/// JSON object.
Json ReadSideFile(const std::filesystem::path& path);

}  // namespace vffn
