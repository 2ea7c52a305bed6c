// Which of several runs one is.
#pragma once

#include <cstdint>

namespace vffn {

/// Shown in the progress line (Progress::Item): checkpoint 2 of 12. Nothing is shown of the only one.
struct RunItem {
  int64_t number = 1, count = 1;
};

}  // namespace vffn
