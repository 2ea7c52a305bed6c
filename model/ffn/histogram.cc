#include "model/ffn/histogram.h"

namespace vffn {

std::vector<int64_t> Histogram(const at::Tensor& values, int64_t first, int64_t size,
                               const at::Tensor& flags) {
  const at::Tensor numbers = at::arange(first, first + size, values.options());
  at::Tensor counts = values.unsqueeze(1).eq(numbers).sum(0);  // [size] int64
  if (flags.defined()) {
    counts = at::cat({counts, flags.sum().view(1)});
  }
  const at::Tensor local = counts.cpu();
  return {local.const_data_ptr<int64_t>(), local.const_data_ptr<int64_t>() + local.numel()};
}

}  // namespace vffn
