// The margin by which a model chose right or wrong.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace vffn {

/// Value of choice `gold` minus the greatest other value; nothing if there is no other choice.
std::optional<double> ChoiceMargin(const std::vector<double>& values, size_t gold);

}  // namespace vffn
