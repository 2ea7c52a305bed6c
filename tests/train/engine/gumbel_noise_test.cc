#include "train/engine/gumbel_noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vffn {
namespace {

TEST(GumbelNoiseTest, HasTheMomentsOfTheGumbelDistribution) {
  const at::Tensor noise = GumbelNoise({.seed = 1, .step = 5, .layer = 2}, 50, 1000, 4).to(at::kDouble);
  // 200,000 numbers: standard errors 0.003 and 0.009 (kurtosis 5.4).
  EXPECT_NEAR(noise.mean().item<double>(), 0.5772157, 0.012);
  EXPECT_NEAR(noise.var().item<double>(), 1.6449341, 0.035);
  for (int64_t loop = 1; loop < 4; ++loop) {  // loops are independent of each other
    const at::Tensor a = noise.select(1, 0) - noise.select(1, 0).mean();
    const at::Tensor b = noise.select(1, loop) - noise.select(1, loop).mean();
    EXPECT_LT(((a * b).mean() / 1.6449341).abs().item<double>(), 0.02);
  }
}

TEST(GumbelNoiseTest, DependsOnThePlaceAndNotOnTheDivisionIntoMicroBatches) {
  const NoisePlace place{.seed = 9, .step = 3, .layer = 1};
  const at::Tensor whole = GumbelNoise(place, 6, 20, 5);
  NoisePlace second = place;
  second.first_sequence = 4;
  EXPECT_TRUE(at::equal(GumbelNoise(second, 2, 20, 5), whole.narrow(0, 80, 40)));
  for (const auto change :
       {+[](NoisePlace& p) { ++p.seed; }, +[](NoisePlace& p) { p.seed += uint64_t{1} << 40; },
        +[](NoisePlace& p) { ++p.step; }, +[](NoisePlace& p) { ++p.layer; },
        +[](NoisePlace& p) { p.first_sequence += 6; }}) {
    NoisePlace other = place;
    change(other);
    EXPECT_EQ(GumbelNoise(other, 6, 20, 5).eq(whole).sum().item<int64_t>(), 0);
  }
}

}  // namespace
}  // namespace vffn
