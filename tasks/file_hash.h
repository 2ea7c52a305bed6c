// Hashes of data files.
#pragma once

#include <filesystem>

#include "base/sha256.h"

namespace vffn {

/// Adds the bytes of a file to `hash`. Throws Error if it cannot be read.
void HashFile(const std::filesystem::path& path, Sha256& hash);

}  // namespace vffn
