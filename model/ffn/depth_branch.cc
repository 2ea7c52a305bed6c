#include "model/ffn/depth_branch.h"

#include <algorithm>
#include <vector>

namespace vffn {

at::Tensor RunLoops(const FfnStep& step, const at::Tensor& h, const at::Tensor& counts,
                    std::span<const int64_t> histogram) {
  const at::Tensor order = at::argsort(counts, /*stable=*/true, /*dim=*/0, /*descending=*/true);  // [T]
  std::vector<at::Tensor> finished;         // by ascending count
  at::Tensor x = h.index_select(0, order);  // [active, d]
  for (size_t loop = 1; x.size(0) > 0; ++loop) {
    x = step.forward(x);  // Eq. 9
    const int64_t active = x.size(0) - histogram[loop - 1];
    finished.push_back(x.slice(0, active));
    x = x.slice(0, 0, active);
  }
  std::ranges::reverse(finished);
  return at::cat(finished).index_select(0, at::argsort(order));
}

at::Tensor RunLoopsMasked(const FfnStep& step, const at::Tensor& h, const at::Tensor& counts,
                          std::span<const int64_t> histogram) {
  int64_t most = std::ssize(histogram);
  while (most > 1 && histogram[most - 1] == 0) {
    --most;
  }
  at::Tensor x = h;
  at::Tensor y;
  for (int64_t loop = 1; loop <= most; ++loop) {
    x = step.forward(x);  // Eq. 9
    y = y.defined() ? at::where(counts.eq(loop).unsqueeze(1), x, y) : x;
  }
  return y;
}

}  // namespace vffn
