// Adjustment of p-values for multiple tests.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace vffn {

/// Holm's step-down adjustment (Scand. J. Statist. 1979): the chance of one false claim in the whole family
/// stays below alpha if those with adjusted p < alpha are claimed. A test that could not be made (absent)
/// stays absent, and counts as a member of the family.
std::vector<std::optional<double>> AdjustByHolm(std::span<const std::optional<double>> p_values);

}  // namespace vffn
