// Sequences of repeated text, which OLMo's instance_filter keeps out of the loss.
#pragma once

#include <cstdint>
#include <span>

namespace vffn {

/// A sequence is repetitive if some stretch of it has a period of min_period to max_period tokens and holds
/// at least max_count whole periods.
struct RepetitionFilter {
  int64_t min_period = 1, max_period = 13, max_count = 32;

  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("min_period", self.min_period);
    visit("max_period", self.max_period);
    visit("max_count", self.max_count);
  }
  bool operator==(const RepetitionFilter&) const = default;
};

bool IsRepetitive(std::span<const int64_t> tokens, const RepetitionFilter& filter);

}  // namespace vffn
