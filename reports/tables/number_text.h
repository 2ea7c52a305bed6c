// Numbers as tables print them. Absent numbers are "-".
#pragma once

#include <optional>
#include <string>

#include "analysis/paired_bootstrap.h"
#include "base/json.h"

namespace vffn {

std::string FixedText(double value, int decimals = 2);
std::string FixedText(const std::optional<double>& value, int decimals = 2);

/// With its sign: "+0.48".
std::string SignedText(double value, int decimals = 2);

/// "0.012", "<0.001".
std::string ProbabilityText(const std::optional<double>& p);

/// "[-0.12, +1.40]" of an interval times `scale`.
std::string IntervalText(const std::optional<ConfidenceInterval>& interval, double scale, int decimals = 2);

std::string CountText(const std::optional<int64_t>& count);

/// null if absent.
template <class Value>
OrderedJson ToJsonOrNull(const std::optional<Value>& value) {
  return value ? OrderedJson(*value) : OrderedJson(nullptr);
}
OrderedJson ToJson(const std::optional<ConfidenceInterval>& interval);  ///< [low, high]

}  // namespace vffn
