// Files that a failed download left in the place of another.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// Throws Error, beginning with `origin`, if `bytes` (a whole file) are empty, a Git LFS pointer, a web page,
/// or the text of an error that a server sent. It says what to do.
void CheckDownloaded(std::string_view bytes, const std::string& origin);

}  // namespace vffn
