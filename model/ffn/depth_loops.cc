#include "model/ffn/depth_loops.h"

#include <algorithm>

namespace vffn {

at::Tensor LoopInPlace(const FfnStep& step, const at::Tensor& h, const LoopOrder& order, at::Tensor hidden) {
  at::Tensor x = at::empty_like(h);
  step.ffn.StepRows(h, order.rows, step.connection, x, std::move(hidden));
  int64_t active = h.size(0);
  for (const int64_t finished : order.histogram) {
    active -= finished;
    if (active == 0) {
      break;
    }
    step.ffn.StepInPlace(x, active, step.connection);
  }
  return x;
}

at::Tensor LoopMasked(const FfnStep& step, const at::Tensor& h, std::span<const int64_t> counts,
                      at::Tensor hidden) {
  const int64_t most = std::ranges::max(counts);
  const LoopOrder order = OrderOfTokens(h.size(0));
  at::Tensor x = at::empty_like(h);
  at::Tensor y = at::empty_like(h);
  step.ffn.StepRows(h, order.rows, step.connection, x, std::move(hidden));
  for (int64_t loop = 1;; ++loop) {
    for (size_t row = 0; row < counts.size(); ++row) {
      if (counts[row] == loop) {
        const auto i = static_cast<int64_t>(row);
        y[i].copy_(x[i]);
      }
    }
    if (loop == most) {
      return y;
    }
    step.ffn.StepInPlace(x, x.size(0), step.connection);
  }
}

}  // namespace vffn
