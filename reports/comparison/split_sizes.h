// How many questions the splits of the benchmarks have.
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
/// and WinoGrande the test answers are not public, so scores are of the validation split. None for a task
/// that is not one of the eight.
std::vector<SplitSize> SplitSizesOf(std::string_view task);

}  // namespace vffn
