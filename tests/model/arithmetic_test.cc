#include "model/arithmetic.h"

#include <gtest/gtest.h>

#include "model/kernels/kernels.h"

namespace vffn {
namespace {

TEST(Arithmetic, NamesWhatScoresDependOn) {
  const std::string kernels = kernels::BestKernels().name;
  EXPECT_EQ(ArithmeticOf({}), kernels == "generic" ? "generic" : "fma");
  EXPECT_EQ(ArithmeticOf({.dtype = Dtype::kBfloat16}), kernels);
  EXPECT_EQ(ArithmeticOf({.backend = Backend::kTorch}), "torch");
  EXPECT_EQ(ArithmeticOf({.device = "cuda:1"}), "cuda");
}

}  // namespace
}  // namespace vffn
