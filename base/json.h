// Strict JSON reading.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/json_fwd.h"

namespace vffn {

/// Parses one JSON value. `origin` (a file, or a file and line) begins every error message.
/// Throws Error on a syntax error or malformed UTF-8 (with line, column and what was expected), a duplicate
/// key, trailing text, NaN or infinity (base/foreign_json.h takes them), or nesting deeper than 256.
Json ParseJson(std::string_view text, const std::string& origin);

/// Reads a whole file as one JSON value. Throws Error as ParseJson, or if the file cannot be read.
Json ReadJsonFile(const std::filesystem::path& path);

}  // namespace vffn
