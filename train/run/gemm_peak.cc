#include "train/run/gemm_peak.h"

#include <algorithm>
#include <chrono>

namespace vffn {

double MeasureGemmPeak(const at::Device& device, at::ScalarType type) {
  using Clock = std::chrono::steady_clock;
  const int64_t size = device.is_cpu() ? 1024 : 8192;
  const int64_t products = device.is_cpu() ? 1 : 10;  // between two readings of the clock
  const auto options = at::TensorOptions(type).device(device);
  const at::Tensor a = at::full({size, size}, 0.5, options), b = at::full({size, size}, 0.25, options);
  at::Tensor product = at::mm(a, b);
  const auto wait = [&] { product[0][0].item(); };
  wait();
  double best = 0;
  const auto end = Clock::now() + std::chrono::milliseconds(200);
  while (best == 0 || Clock::now() < end) {
    const auto start = Clock::now();
    for (int64_t i = 0; i < products; ++i) {
      at::mm_out(product, a, b);
    }
    wait();
    const std::chrono::duration<double> seconds = Clock::now() - start;
    best = std::max(best, static_cast<double>(2 * size * size * size * products) / seconds.count());
  }
  return best;
}

}  // namespace vffn
