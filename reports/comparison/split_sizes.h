// Numbers of questions in the splits of the benchmarks.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vffn {

struct SplitSize {
  std::string_view task;
  std::string_view split;  ///< "validation", "test"
  int64_t questions = 0;
};

/// The splits that a score on a task may be of, the validation split first. Of PIQA, HellaSwag, CommonsenseQA
/// and WinoGrande the test answers are not public, so scores are of the validation split. Empty for a
/// task that vffn does not know.
std::vector<SplitSize> SplitSizesOf(std::string_view task);

}  // namespace vffn
