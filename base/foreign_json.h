// JSON that other programs wrote: data sets, results and samples of Python programs.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/json_fwd.h"

namespace vffn {

/// As ParseJson (base/json.h), but NaN, Infinity and -Infinity, which Python's json module writes, are null.
Json ParseForeignJson(std::string_view text, const std::string& origin);

/// A whole file, as ParseForeignJson.
Json ReadForeignJsonFile(const std::filesystem::path& path);

}  // namespace vffn
