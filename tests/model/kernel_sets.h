// Tests that run on every set of kernels that this processor has.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "model/kernels/kernels.h"

namespace vffn::kernels {

/// Normal, of deviation 1.
inline std::vector<float> RandomFloats(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) {
    value = normal(generator);
  }
  return values;
}

/// Instantiated in kernels_test.cc, for all files.
class KernelsTest : public testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels = *GetParam();
};

}  // namespace vffn::kernels
