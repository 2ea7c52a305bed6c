// A list that may need several lines.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace vffn {

/// "groups: a, b,\n  c": `begin`, then the parts, in lines of at most `width` bytes where a part is not longer
/// itself. No parts: `begin` alone.
std::string WrappedList(const std::string& begin, const std::vector<std::string>& parts, size_t width = 98);

}  // namespace vffn
