#include "train/data/repetition_filter.h"

namespace vffn {

bool IsRepetitive(std::span<const int64_t> tokens, const RepetitionFilter& filter) {
  const auto length = static_cast<int64_t>(tokens.size());
  for (int64_t period = filter.min_period; period <= filter.max_period; ++period) {
    int64_t equal = 0;  // tokens in a row that equal the one a period before: the stretch has a period more
    for (int64_t i = period; i < length; ++i) {
      equal = tokens[static_cast<size_t>(i)] == tokens[static_cast<size_t>(i - period)] ? equal + 1 : 0;
      if (equal > 0 && (equal + period) / period >= filter.max_count) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace vffn
