// The FFN of every set of kernels against its parts, and the arithmetic of tiles.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "model/kernels/self_check.h"
#include "tests/model/kernel_sets.h"

namespace vffn::kernels {
namespace {

/// An FFN or an expert: units [begin, end) of `f` hidden units.
struct FfnCase {
  int64_t rows, d, f, begin, end;
  bool gated = true, biases = false, normalised = true;
};

/// The parameters of an FFN and its input.
struct FfnData {
  explicit FfnData(const FfnCase& c)
      : x(RandomFloats(c.rows * c.d, 1)),
        in(RandomFloats((c.gated ? 2 : 1) * c.f * c.d, 2)),
        out(RandomFloats(c.d * c.f, 3)),
        in_bias(RandomFloats(2 * c.f, 4)),
        out_bias(RandomFloats(c.d, 5)),
        weight(RandomFloats(c.d, 6)) {}

  std::vector<float> x, in, out, in_bias, out_bias, weight;
};

struct PackedFfn {
  PackedFfn(const Kernels& kernels, const FfnCase& c, const FfnData& data, GemmPrecision precision)
      : in(kernels.pack({.weights = data.in.data(),
                         .n = (c.gated ? 2 : 1) * c.f,
                         .k = c.d,
                         .precision = precision,
                         .parts = c.gated ? 2 : 1})),
        out(kernels.pack({.weights = data.out.data(), .n = c.d, .k = c.f, .precision = precision})),
        linear(in, c.begin, c.end, 0, c.d),
        activated(in, (c.gated ? c.f : 0) + c.begin, (c.gated ? c.f : 0) + c.end, 0, c.d),
        whole_out(out, 0, c.d, c.begin, c.end) {}

  PackedMatrix in, out;
  PackedView linear, activated, whole_out;
};

std::vector<float> Fused(const Kernels& kernels, const FfnCase& c, const FfnData& data, const PackedFfn& ffn,
                         Activation activation) {
  std::vector<float> y(c.rows * c.d, std::numeric_limits<float>::quiet_NaN());
  const RowNorm norm{.weight = data.weight.data(), .epsilon = 1e-5f};
  kernels.mlp({.input = {.x = data.x.data(), .stride = c.d, .norm = c.normalised ? &norm : nullptr},
               .m = c.rows,
               .activation = activation,
               .activated = ffn.activated,
               .linear = c.gated ? &ffn.linear : nullptr,
               .activated_bias = c.biases ? data.in_bias.data() + (c.gated ? c.f : 0) + c.begin : nullptr,
               .linear_bias = c.biases ? data.in_bias.data() + c.begin : nullptr,
               .out = ffn.whole_out,
               .output = {.y = y.data(),
                          .stride = c.d,
                          .bias = c.biases ? data.out_bias.data() : nullptr,
                          .multiplier = 0.5f,
                          .stream = data.x.data(),
                          .stream_stride = c.d}});
  return y;
}

std::vector<float> InParts(const Kernels& kernels, const FfnCase& c, const FfnData& data,
                           const PackedFfn& ffn, Activation activation) {
  std::vector<float> x = data.x;
  if (c.normalised) {
    kernels.norm({.x = x.data(),
                  .out = x.data(),
                  .rows = c.rows,
                  .stride = c.d,
                  .d = c.d,
                  .norm = {.weight = data.weight.data(), .epsilon = 1e-5f}});
  }
  const int64_t units = c.end - c.begin;
  const auto product = [&](const std::vector<float>& input, int64_t k, const PackedView& w,
                           const float* bias) {
    std::vector<float> y(c.rows * w.n());
    kernels.gemm({.input = {.x = input.data(), .stride = k},
                  .m = c.rows,
                  .w = w,
                  .output = {.y = y.data(), .stride = w.n(), .bias = c.biases ? bias : nullptr}});
    return y;
  };
  const std::vector<float> activated =
      product(x, c.d, ffn.activated, data.in_bias.data() + (c.gated ? c.f : 0) + c.begin);
  std::vector<float> linear;
  if (c.gated) {
    linear = product(x, c.d, ffn.linear, data.in_bias.data() + c.begin);
  }
  std::vector<float> hidden(c.rows * units);
  kernels.activate({.activation = activation,
                    .precision = ffn.in.precision,
                    .linear = c.gated ? linear.data() : nullptr,
                    .activated = activated.data(),
                    .stride = units,
                    .rows = c.rows,
                    .f = units,
                    .out = hidden.data()});
  std::vector<float> y = product(hidden, units, ffn.whole_out, data.out_bias.data());
  for (size_t i = 0; i < y.size(); ++i) {
    y[i] = y[i] * 0.5f + data.x[i];
  }
  return y;
}

// Sizes that are no multiples of tiles, vectors or panels; experts that begin and end inside a panel. The
// sums of an expert that begins inside a tile have another order in the parts, which begin at its first unit.
TEST_P(KernelsTest, AnFfnGivesWhatItsPartsGive) {
  for (const GemmPrecision precision : {GemmPrecision::kFloat32, GemmPrecision::kBfloat16}) {
    for (const FfnCase& c : std::vector<FfnCase>{{1, 8, 16, 0, 16},
                                                 {33, 70, 150, 0, 150, true, true},
                                                 {17, 64, 96, 0, 96, false, true},
                                                 {530, 40, 64, 0, 64},
                                                 {50, 700, 1300, 0, 1300},
                                                 {21, 64, 160, 32, 96},
                                                 {40, 48, 200, 37, 111},
                                                 {40, 48, 200, 64, 70, true, true, false}}) {
      SCOPED_TRACE(testing::Message()
                   << c.rows << " rows, " << c.d << " to units " << c.begin << "-" << c.end);
      const FfnData data(c);
      const PackedFfn ffn(kernels, c, data, precision);
      for (const Activation activation : {Activation::kSilu, Activation::kGelu, Activation::kRelu}) {
        EXPECT_EQ(Fused(kernels, c, data, ffn, activation), InParts(kernels, c, data, ffn, activation));
      }
    }
  }
}

TEST_P(KernelsTest, NoRowsAreNoWork) {
  for (const GemmPrecision precision : {GemmPrecision::kFloat32, GemmPrecision::kBfloat16}) {
    const FfnCase c{.rows = 0, .d = 40, .f = 64, .begin = 0, .end = 64};
    const FfnData data(c);
    const PackedFfn ffn(kernels, c, data, precision);
    EXPECT_TRUE(Fused(kernels, c, data, ffn, Activation::kSilu).empty());
    EXPECT_TRUE(InParts(kernels, c, data, ffn, Activation::kSilu).empty());
    kernels.head({.hidden = data.x.data(), .rows = 0, .w = &ffn.in, .targets = {}});
  }
}

TEST_P(KernelsTest, EverySetPassesItsCheck) { EXPECT_EQ(FaultOf(kernels), ""); }

TEST(SelfCheck, FindsAWrongSet) {
  Kernels wrong = *SupportedKernels().back();
  wrong.gemm = [](const GemmArgs& args) {
    SupportedKernels().back()->gemm(args);
    args.output.y[5] += 0.01f;
  };
  EXPECT_EQ(FaultOf(wrong), "product in float32");
  wrong = *SupportedKernels().back();
  wrong.attention = [](const AttentionArgs& args) {
    SupportedKernels().back()->attention(args);
    args.out[0] = std::numeric_limits<float>::quiet_NaN();
  };
  EXPECT_EQ(FaultOf(wrong), "attention in float32");
}

float BfloatOf(float x) {
  const auto bits = std::bit_cast<uint32_t>(x);
  return std::bit_cast<float>((bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000u);
}

/// One sum as TDPBF16PS computes it, in plain C++: per 32 k, the even and the odd products are a chain each.
float TileSum(const float* a, const float* w, int64_t k) {
  float sum = 0;
  for (int64_t begin = 0; begin < k; begin += 32) {
    float even = 0, odd = 0;
    for (int64_t i = begin; i < std::min(begin + 32, k); i += 2) {
      even = std::fma(BfloatOf(a[i]), BfloatOf(w[i]), even);
      if (i + 1 < k) {
        odd = std::fma(BfloatOf(a[i + 1]), BfloatOf(w[i + 1]), odd);
      }
    }
    sum += even + odd;
  }
  return sum;
}

TEST(Tiles, SumsHaveTheOrderOfTheInstruction) {
  for (const Kernels* kernels : SupportedKernels()) {
    if (std::string(kernels->name) != "amx_bf16") {
      continue;
    }
    constexpr int64_t kM = 37, kN = 45, kK = 1397;
    const std::vector<float> a = RandomFloats(kM * kK, 7), w = RandomFloats(kN * kK, 8);
    const PackedMatrix packed =
        kernels->pack({.weights = w.data(), .n = kN, .k = kK, .precision = GemmPrecision::kBfloat16});
    std::vector<float> c(kM * kN);
    kernels->gemm({.input = {.x = a.data(), .stride = kK},
                   .m = kM,
                   .w = packed,
                   .output = {.y = c.data(), .stride = kN}});
    for (int64_t row = 0; row < kM; ++row) {
      for (int64_t column = 0; column < kN; ++column) {
        ASSERT_EQ(c[row * kN + column], TileSum(&a[row * kK], &w[column * kK], kK)) << row << "," << column;
      }
    }
  }
}

}  // namespace
}  // namespace vffn::kernels
