#include "model/linear.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/model/test_device.h"

namespace vffn {
namespace {

/// A layer of 75 outputs and 643 inputs, on our kernels or on LibTorch's operators.
class LinearTest : public testing::TestWithParam<Backend> {
 protected:
  LinearTest() {
    at::manual_seed(1);
    weight_ = at::randn({75, 643}) / 25;
    bias_ = at::randn({75});
    x_ = at::randn({211, 643}).to(at::Device(OnTestDevice(GetParam()).device));
  }

  ComputeContext Context(Dtype dtype, Backend backend) {
    return {OnTestDevice(backend, {.dtype = dtype}), work_};
  }

  Linear Layer(bool has_bias, Dtype dtype, Backend backend) {
    return Linear({.weight = weight_, .bias = has_bias ? bias_ : at::Tensor()}, Context(dtype, backend),
                  flops());
  }
  Linear Layer(bool has_bias, Dtype dtype = Dtype::kFloat32) { return Layer(has_bias, dtype, GetParam()); }

  WorkCounter::Cell& flops() { return work_.flops(0, Work::kFfn); }

  WorkCounter work_{ModelConfig{.n_layers = 1}};
  at::Tensor weight_, bias_, x_;
};

INSTANTIATE_TEST_SUITE_P(Both, LinearTest, testing::Values(Backend::kAuto, Backend::kTorch),
                         [](const auto& info) { return info.param == Backend::kAuto ? "kernels" : "torch"; });

TEST_P(LinearTest, AddsTheBiasToTheFinishedProduct) {
  for (const Dtype dtype : {Dtype::kFloat32, Dtype::kBfloat16}) {
    const at::Tensor product = Layer(false, dtype).forward(x_);
    EXPECT_TRUE(at::equal(Layer(true, dtype).forward(x_),
                          product + bias_.to(product.device())));  // to the bit, also in bfloat16
  }
  const at::Tensor expected =
      at::linear(x_.cpu().to(at::kDouble), weight_.to(at::kDouble), bias_.to(at::kDouble));
  EXPECT_LT((Layer(true).forward(x_).cpu() - expected).abs().max().item<double>(),
            1e-5);  // order of summation
}

TEST_P(LinearTest, CountsTheProductAlone) {
  Layer(true).forward(x_);
  EXPECT_EQ(work_.Read().layers[0][Work::kFfn], 2 * 211 * 75 * 643);
}

TEST_P(LinearTest, SlicesTheBiasWithTheOutputs) {
  const at::Tensor whole = Layer(true).forward(x_);
  const Linear slice = Layer(true).Slice({31, 70}, {0, 643}, flops());
  const at::Tensor sliced = slice.Slice({2, 9}, {0, 643}, flops()).forward(x_);
  // The kernels keep the order of summation, LibTorch does not.
  EXPECT_LT((sliced - whole.slice(1, 33, 40)).abs().max().item<double>(),
            GetParam() == Backend::kAuto ? 1e-30 : 1e-5);
}

TEST_P(LinearTest, RefusesToShareABiasBetweenPartsOfASum) {
  EXPECT_THROW(Layer(true).Slice({0, 75}, {0, 600}, flops()), Error);
  Layer(false).Slice({0, 75}, {0, 600}, flops());
}

TEST_P(LinearTest, RefusesABiasOfAnotherLength) {
  EXPECT_THROW(
      Linear({.weight = weight_, .bias = at::zeros({74})}, Context(Dtype::kFloat32, GetParam()), flops()),
      Error);
}

}  // namespace
}  // namespace vffn
