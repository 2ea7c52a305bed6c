// By how much a question was won or lost.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace vffn {

/// Value of choice `gold` less the best other one; nothing if there is no other.
std::optional<double> ChoiceMargin(const std::vector<double>& values, size_t gold);

}  // namespace vffn
