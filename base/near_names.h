// Names that somebody may have meant.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// How many letters and digits must be changed, added or removed to get from one name to the other. Case and
/// other characters do not count: "--outputpath" and "--output-path" are the same.
size_t NameDistance(std::string_view a, std::string_view b);

/// The names that differ from `name` the least, in their order; none if the least is over `most_edits`.
std::vector<std::string> NearestNames(std::string_view name, std::span<const std::string> known,
                                      size_t most_edits = 2);

}  // namespace vffn
