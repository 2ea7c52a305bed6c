#include "model/ffn/depth_branch.h"

#include <algorithm>
#include <vector>

namespace vffn {

at::Tensor RunLoops(const FfnStep& step, const at::Tensor& h, const at::Tensor& counts) {
  const auto [sorted, order] = at::sort(counts, /*stable=*/true, /*dim=*/0, /*descending=*/true);
  const at::Tensor sorted_cpu = sorted.to(at::kCPU);  // [T], descending
  const int64_t* begin = sorted_cpu.const_data_ptr<int64_t>();
  const int64_t* end = begin + sorted_cpu.size(0);
  std::vector<at::Tensor> finished;         // by ascending count
  at::Tensor x = h.index_select(0, order);  // [active, d]
  for (int64_t loop = 1; x.size(0) > 0; ++loop) {
    x = step.forward(x);  // Eq. 9
    const int64_t active =
        std::partition_point(begin, end, [&](int64_t count) { return count > loop; }) - begin;
    finished.push_back(x.slice(0, active));
    x = x.slice(0, 0, active);
  }
  std::ranges::reverse(finished);
  return at::cat(finished).index_select(0, at::argsort(order));
}

at::Tensor RunLoopsMasked(const FfnStep& step, const at::Tensor& h, const at::Tensor& counts) {
  const auto most = counts.max().item<int64_t>();
  at::Tensor x = h;
  at::Tensor y;
  for (int64_t loop = 1; loop <= most; ++loop) {
    x = step.forward(x);  // Eq. 9
    y = y.defined() ? at::where(counts.eq(loop).unsqueeze(1), x, y) : x;
  }
  return y;
}

}  // namespace vffn
