// Accuracy above chance.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "analysis/estimate.h"

namespace vffn {

/// (accuracy - chance) / (1 - chance), where both are means over the questions: 1 for a model that answers
/// everything, 0 for one that guesses (the "centered accuracy" of DataComp-LM, arXiv 2406.11794). `values`
/// are 0 or 1, `chances` 1 / number of choices. The error is that of a ratio of means, linearised: with
/// d = value - chance - centred * (1 - chance), that of MeanOf for d / (1 - mean chance), with clusters if
/// given. Absent if the mean chance is 1: every question has one choice. Throws Error on no questions or
/// unless there is a chance for each value.
std::optional<Estimate> CentredOnChance(std::span<const double> values, std::span<const double> chances,
                                        std::span<const int64_t> clusters = {});

}  // namespace vffn
