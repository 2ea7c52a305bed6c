// Norms of every set of kernels against double precision.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/model/kernel_sets.h"

namespace vffn::kernels {
namespace {

struct NormCase {
  const char* name;
  bool centred, weight, bias;
  int64_t groups, d;
  bool own_weights;
};

// Rows have 5 more columns than the groups; they stay.
TEST_P(KernelsTest, NormsAgreeWithDoublePrecision) {
  constexpr int64_t kRows = 3, kRest = 5;
  const std::vector<NormCase> cases = {
      {"rms", false, true, false, 1, 77, false},
      {"rms without weight", false, false, false, 1, 64, false},
      {"layer", true, true, false, 1, 77, false},
      {"layer with bias", true, true, true, 1, 130, false},
      {"layer alone", true, false, false, 1, 3, false},
      {"rms of heads", false, true, false, 4, 10, false},
      {"rms of one number", false, true, false, 1, 1, false},
      {"layer of heads with their own weights", true, true, true, 3, 6, true},
  };
  for (const NormCase& c : cases) {
    SCOPED_TRACE(c.name);
    const int64_t stride = c.groups * c.d + kRest;
    std::vector<float> x = RandomFloats(kRows * stride, 8);
    std::ranges::for_each(x, [](float& value) { value += 0.7f; });
    const std::vector<float> weight = RandomFloats(c.groups * c.d, 9),
                             bias = RandomFloats(c.groups * c.d, 10);
    std::vector<float> out = x;  // in place
    kernels.norm({.x = out.data(),
                  .out = out.data(),
                  .rows = kRows,
                  .stride = stride,
                  .groups = c.groups,
                  .d = c.d,
                  .norm = {.weight = c.weight ? weight.data() : nullptr,
                           .bias = c.bias ? bias.data() : nullptr,
                           .epsilon = 1e-2f,
                           .centred = c.centred},
                  .weight_step = c.own_weights ? c.d : 0});
    for (int64_t row = 0; row < kRows; ++row) {
      for (int64_t group = 0; group < c.groups; ++group) {
        const float* from = &x[row * stride + group * c.d];
        double mean = 0, squares = 0;
        for (int64_t i = 0; i < c.d && c.centred; ++i) {
          mean += from[i] / static_cast<double>(c.d);
        }
        for (int64_t i = 0; i < c.d; ++i) {
          squares += (from[i] - mean) * (from[i] - mean);
        }
        for (int64_t i = 0; i < c.d; ++i) {
          const int64_t of_weight = c.own_weights ? group * c.d + i : i;
          const double expected = (from[i] - mean) / std::sqrt(squares / static_cast<double>(c.d) + 1e-2) *
                                      (c.weight ? weight[of_weight] : 1) +
                                  (c.bias ? bias[of_weight] : 0);
          EXPECT_NEAR(out[row * stride + group * c.d + i], expected, 1e-6 * (1 + std::abs(expected)));
        }
      }
      for (int64_t i = stride - kRest; i < stride; ++i) {
        EXPECT_EQ(out[row * stride + i], x[row * stride + i]);
      }
    }
  }
}

}  // namespace
}  // namespace vffn::kernels
