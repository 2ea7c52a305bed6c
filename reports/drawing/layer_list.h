// Lists of layers as people write them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vffn {

/// {0, 1, 2, 3, 4, 5, 14} of "0-5,14": ascending, each once. Empty for "". Throws Error, beginning with
/// `option`, on anything else.
std::vector<int64_t> ParseLayerList(const std::string& text, const std::string& option);

}  // namespace vffn
