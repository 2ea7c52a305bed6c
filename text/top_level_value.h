// One value of a large JSON file.
#pragma once

#include <filesystem>
#include <string>

#include "base/json_fwd.h"

namespace vffn {

/// The value of a key of the file's outermost object; null if there is no such key. Reads up to the end of
/// that value only, and keeps nothing of what stands before it: tokenizer.json has most of its bytes, the
/// vocabulary, at its end. Throws Error naming the file if it cannot be read or what was read is not JSON.
Json ReadTopLevelValue(const std::filesystem::path& path, const std::string& key);

}  // namespace vffn
