// Strict JSON reading.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace vffn {

using Json = nlohmann::json;
/// Keeps the order keys were written in: for files we write.
using OrderedJson = nlohmann::ordered_json;

/// Parses one JSON value. `origin` (a file, or a file and line) begins every error message.
/// Throws Error on a syntax error or malformed UTF-8 (with the byte offset), a duplicate key, trailing text,
/// NaN or infinity, or nesting deeper than 256.
Json ParseJson(std::string_view text, const std::string& origin);

/// Reads a whole file as one JSON value. Throws Error as ParseJson, or if the file cannot be read.
Json ReadJsonFile(const std::filesystem::path& path);

}  // namespace vffn
