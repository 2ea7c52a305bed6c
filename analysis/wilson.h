// The interval of a share of right answers that few questions, and shares of 0 and 1, do not break.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/estimate.h"
#include "analysis/paired_bootstrap.h"

namespace vffn {

/// Wilson's score interval (J. Amer. Statist. Assoc. 22, 1927) for independent questions; `z` is the normal
/// quantile of its confidence: 1.96 for 95 %. Its ends lie in [0, 1].
ConfidenceInterval WilsonInterval(double share, int64_t questions, double z);

/// The 95 % interval of an accuracy of 0 or 1, whose answers do not vary, so that its standard error would be
/// 0. Absent for other accuracies.
std::optional<ConfidenceInterval> IntervalWithoutVariation(const Estimate& accuracy, int64_t questions);

}  // namespace vffn
