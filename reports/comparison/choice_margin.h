// Margin of the right choice of a question.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace vffn {

/// Value of choice `gold` minus that of the best other choice; nothing if there is no other.
std::optional<double> ChoiceMargin(const std::vector<double>& values, size_t gold);

}  // namespace vffn
