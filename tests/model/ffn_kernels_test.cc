// FFNs, their slices and mixtures of experts in one kernel against the same computation step by step.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/model/kernel_sets.h"

namespace vffn::kernels {
namespace {

constexpr GemmPrecision kPrecisions[] = {GemmPrecision::kFloat32, GemmPrecision::kBfloat16};

/// A gated FFN of `f` hidden units of which [begin, end) are an expert.
struct Expert {
  int64_t rows, d, f, begin, end;

  int64_t units() const { return end - begin; }
};

/// Its weights, and the input of `rows` tokens.
struct ExpertCase {
  ExpertCase(const Kernels& kernels, const Expert& expert, GemmPrecision precision)
      : expert(expert),
        x(RandomFloats(expert.rows * expert.d, 1)),
        in(kernels.pack({.weights = RandomFloats(2 * expert.f * expert.d, 2).data(),
                         .n = 2 * expert.f,
                         .k = expert.d,
                         .precision = precision,
                         .parts = 2})),
        out(kernels.pack({.weights = RandomFloats(expert.d * expert.f, 3).data(),
                          .n = expert.d,
                          .k = expert.f,
                          .precision = precision})) {}

  PackedView linear() const { return {in, expert.begin, expert.end, 0, expert.d}; }
  PackedView activated() const { return {in, expert.f + expert.begin, expert.f + expert.end, 0, expert.d}; }
  PackedView projection() const { return {out, 0, expert.d, expert.begin, expert.end}; }

  Expert expert;
  std::vector<float> x;  // [rows, d]
  PackedMatrix in, out;
};

std::vector<float> Product(const Kernels& kernels, const std::vector<float>& x, int64_t rows,
                           const PackedView& w) {
  std::vector<float> y(rows * w.n());
  kernels.gemm({.input = {.x = x.data(), .stride = w.k()},
                .m = rows,
                .w = w,
                .output = {.y = y.data(), .stride = w.n()}});
  return y;
}

std::vector<float> HiddenOf(const Kernels& kernels, const ExpertCase& c) {
  const int64_t rows = c.expert.rows, units = c.expert.units();
  const std::vector<float> linear = Product(kernels, c.x, rows, c.linear());
  const std::vector<float> activated = Product(kernels, c.x, rows, c.activated());
  std::vector<float> hidden(rows * units);
  kernels.activate({.precision = c.in.precision,
                    .linear = linear.data(),
                    .activated = activated.data(),
                    .stride = units,
                    .rows = rows,
                    .f = units,
                    .out = hidden.data()});
  return hidden;
}

std::vector<Expert> Experts() {
  std::vector<Expert> experts;
  for (const int64_t rows : {1, 5, 12, 13, 31, 50}) {
    experts.push_back({rows, 40, 80, 13, 26});    // begins and ends inside a panel
    experts.push_back({rows, 70, 150, 33, 150});  // and goes on to the last one
    experts.push_back({rows, 33, 64, 32, 64});    // whole panels
    experts.push_back({rows, 700, 90, 7, 8});     // one unit, several blocks of inputs
  }
  experts.push_back({130, 24, 1500, 5, 1400});  // several blocks of hidden units
  return experts;
}

TEST_P(KernelsTest, AnExpertIsThreeProductsToTheBit) {
  for (const GemmPrecision precision : kPrecisions) {
    for (const Expert& e : Experts()) {
      const ExpertCase c(kernels, e, precision);
      const std::vector<float> hidden = HiddenOf(kernels, c);
      const std::vector<float> expected = Product(kernels, hidden, e.rows, c.projection());
      const PackedView linear = c.linear();
      std::vector<float> y(e.rows * e.d), kept(e.rows * e.units());
      for (float* keep : {static_cast<float*>(nullptr), kept.data()}) {
        std::ranges::fill(y, NAN);
        kernels.mlp({.input = {.x = c.x.data(), .stride = e.d},
                     .m = e.rows,
                     .activated = c.activated(),
                     .linear = &linear,
                     .out = c.projection(),
                     .output = {.y = y.data(), .stride = e.d},
                     .hidden = keep});
        EXPECT_EQ(y, expected) << e.rows << " rows, " << e.begin << " to " << e.end;
      }
      EXPECT_EQ(kept, hidden) << e.rows << " rows, " << e.begin << " to " << e.end;
    }
  }
}

// The hidden values of the whole FFN contain those of an expert.
TEST_P(KernelsTest, AnExpertOfKeptHiddenValuesIsTheExpertToTheBit) {
  for (const GemmPrecision precision : kPrecisions) {
    for (const Expert& e : Experts()) {
      const ExpertCase c(kernels, e, precision);
      const ExpertCase whole(kernels, {e.rows, e.d, e.f, 0, e.f}, precision);
      const PackedView linear = whole.linear();
      std::vector<float> y(e.rows * e.d), hidden(e.rows * e.f);
      kernels.mlp({.input = {.x = c.x.data(), .stride = e.d},
                   .m = e.rows,
                   .activated = whole.activated(),
                   .linear = &linear,
                   .out = whole.projection(),
                   .output = {.y = y.data(), .stride = e.d},
                   .hidden = hidden.data()});
      kernels.gemm({.input = {.x = hidden.data() + e.begin, .stride = e.f},
                    .m = e.rows,
                    .w = c.projection(),
                    .output = {.y = y.data(), .stride = e.d}});
      EXPECT_EQ(y, Product(kernels, HiddenOf(kernels, c), e.rows, c.projection()))
          << e.rows << " rows, " << e.begin << " to " << e.end;
    }
  }
}

// Rows that are gathered, normalised and added to the stream while they are read and written.
TEST_P(KernelsTest, AnExpertGathersNormalisesAndJoins) {
  const Expert e{7, 45, 80, 13, 26};
  const std::vector<float> weight = RandomFloats(e.d, 4);
  const RowNorm norm{.weight = weight.data(), .epsilon = 1e-5f};
  const std::vector<int64_t> rows = {9, 0, 3, 3, 10, 1, 8};
  const std::vector<float> h = RandomFloats(11 * e.d, 5);
  for (const GemmPrecision precision : kPrecisions) {
    ExpertCase c(kernels, e, precision);
    for (int64_t i = 0; i < e.rows; ++i) {
      std::copy_n(&h[rows[i] * e.d], e.d, &c.x[i * e.d]);
    }
    kernels.norm({.x = c.x.data(), .out = c.x.data(), .rows = e.rows, .stride = e.d, .d = e.d, .norm = norm});
    std::vector<float> expected = Product(kernels, HiddenOf(kernels, c), e.rows, c.projection());
    for (int64_t i = 0; i < e.rows * e.d; ++i) {
      expected[i] = expected[i] * 0.7f + h[rows[i / e.d] * e.d + i % e.d];
    }
    const PackedView linear = c.linear();
    std::vector<float> y(e.rows * e.d);
    kernels.mlp({.input = {.x = h.data(), .stride = e.d, .rows = rows.data(), .norm = &norm},
                 .m = e.rows,
                 .activated = c.activated(),
                 .linear = &linear,
                 .out = c.projection(),
                 .output = {.y = y.data(),
                            .stride = e.d,
                            .multiplier = 0.7f,
                            .stream = h.data(),
                            .stream_stride = e.d,
                            .stream_rows = rows.data()}});
    EXPECT_EQ(y, expected);
  }
}

// One application after another in the same memory.
TEST_P(KernelsTest, AnFfnWritesWhereItReads) {
  const Expert e{50, 45, 80, 0, 80};
  for (const GemmPrecision precision : kPrecisions) {
    const ExpertCase c(kernels, e, precision);
    std::vector<float> expected = Product(kernels, HiddenOf(kernels, c), e.rows, c.projection());
    for (size_t i = 0; i < expected.size(); ++i) {
      expected[i] += c.x[i];
    }
    const PackedView linear = c.linear();
    std::vector<float> y = c.x;
    kernels.mlp({.input = {.x = y.data(), .stride = e.d},
                 .m = e.rows,
                 .activated = c.activated(),
                 .linear = &linear,
                 .out = c.projection(),
                 .output = {.y = y.data(), .stride = e.d, .stream = y.data(), .stream_stride = e.d}});
    EXPECT_EQ(y, expected);
  }
}

/// Tokens with k experts each.
struct Mixture {
  Mixture(int64_t rows, int64_t k, int64_t d)
      : rows(rows), k(k), d(d), outputs(RandomFloats(rows * k * d, 1)), weights(RandomFloats(rows * k, 2)) {
    for (int64_t i = 0; i < rows * k; ++i) {
      places.push_back((i * 7 + 3) % (rows * k));
    }
  }

  MixArgs args() const {
    return {.outputs = outputs.data(),
            .places = places.data(),
            .weights = weights.data(),
            .rows = rows,
            .k = k,
            .d = d};
  }

  float Sum(int64_t row, int64_t column) const {
    float sum = 0;
    for (int64_t j = 0; j < k; ++j) {
      const int64_t pair = row * k + j;
      const float weighted = weights[pair] * outputs[places[pair] * d + column];
      sum = j == 0 ? weighted : sum + weighted;
    }
    return sum;
  }

  int64_t rows, k, d;
  std::vector<float> outputs, weights;
  std::vector<int64_t> places;
};

std::vector<Mixture> Mixtures() { return {{1, 1, 1}, {3, 2, 16}, {5, 4, 77}, {4, 3, 64}, {2, 7, 19}}; }

TEST_P(KernelsTest, ExpertsAreAddedUpBestFirst) {
  for (const Mixture& m : Mixtures()) {
    const std::vector<float> addend = RandomFloats(m.rows * m.d, 3), stream = RandomFloats(m.rows * m.d, 4);
    for (const bool joins : {false, true}) {
      MixArgs args = m.args();
      std::vector<float> y(m.rows * m.d);
      args.output = {.y = y.data(), .stride = m.d};
      if (joins) {
        args.addend = addend.data();
        args.output.multiplier = 0.3f;
        args.output.stream = stream.data();
        args.output.stream_stride = m.d;
      }
      kernels.mix(args);
      for (int64_t i = 0; i < m.rows * m.d; ++i) {
        const float sum = m.Sum(i / m.d, i % m.d);
        ASSERT_EQ(y[i], joins ? (sum + addend[i]) * 0.3f + stream[i] : sum) << i;
      }
    }
  }
}

TEST_P(KernelsTest, LambdaWeighsTheStreamAndTheSum) {
  for (const Mixture& m : Mixtures()) {
    const std::vector<float> stream = RandomFloats(m.rows * m.d, 4);
    std::vector<float> lambda;
    std::vector<int64_t> stream_rows, y_rows;  // the stream backwards, every second row of y
    for (int64_t i = 0; i < m.rows; ++i) {
      lambda.push_back(static_cast<float>(i + 1) / 7);
      stream_rows.push_back(m.rows - 1 - i);
      y_rows.push_back(2 * i);
    }
    std::vector<float> y(2 * m.rows * m.d, -1.0f);
    MixArgs args = m.args();
    args.lambda = lambda.data();
    args.y_rows = y_rows.data();
    args.output = {.y = y.data(),
                   .stride = m.d,
                   .stream = stream.data(),
                   .stream_stride = m.d,
                   .stream_rows = stream_rows.data()};
    kernels.mix(args);
    for (int64_t i = 0; i < m.rows; ++i) {
      for (int64_t column = 0; column < m.d; ++column) {
        const float kept = stream[stream_rows[i] * m.d + column] * (1.0f - lambda[i]);
        const float added = m.Sum(i, column) * lambda[i];
        ASSERT_EQ(y[2 * i * m.d + column], kept + added);
        ASSERT_EQ(y[(2 * i + 1) * m.d + column], -1.0f);
      }
    }
  }
}

}  // namespace
}  // namespace vffn::kernels
