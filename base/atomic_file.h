// Whole files, there or not there.
#pragma once

#include <filesystem>
#include <string_view>

namespace vffn {

/// Writes a file so that a reader sees the old one or the new one, whole, whatever dies in between: a
/// temporary file beside it is written, synced and renamed. Throws Error naming the file and the system's
/// reason; then the old file is untouched and no temporary file is left.
void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace vffn
