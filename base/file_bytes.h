// Whole files.
#pragma once

#include <filesystem>
#include <string>

namespace vffn {

/// Everything in a file, also one that cannot be mapped (a pipe). Throws Error if it cannot be read.
std::string ReadFileBytes(const std::filesystem::path& path);

}  // namespace vffn
