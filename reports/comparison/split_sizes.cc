#include "reports/comparison/split_sizes.h"

#include <array>

#include "tasks/task.h"

namespace vffn {
namespace {

// The data sets' cards on the Hugging Face hub (allenai/ai2_arc, allenai/openbookqa, allenai/sciq).
constexpr std::array<SplitSize, 4> kTestSplits = {{
    {"openbookqa", "test", 500},
    {"sciq", "test", 1000},
    {"arc_easy", "test", 2376},
    {"arc_challenge", "test", 1172},
}};

}  // namespace

std::vector<SplitSize> SplitSizesOf(std::string_view task) {
  std::vector<SplitSize> sizes;
  if (const Task* known = TaskNamed(task)) {
    sizes.push_back({known->facts.name, known->facts.split, known->facts.doc_count});
  }
  for (const SplitSize& size : kTestSplits) {
    if (size.task == task) {
      sizes.push_back(size);
    }
  }
  return sizes;
}

}  // namespace vffn
