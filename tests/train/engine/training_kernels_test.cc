// Every instruction set's training kernels against LibTorch's operators in float64.
#include "train/engine/kernels/training_kernels.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vffn::kernels {
namespace {

/// One instruction set and one type of operands.
template <class T>
struct TypeFacts;
template <>
struct TypeFacts<float> {
  static constexpr at::ScalarType kType = at::kFloat;
  static constexpr double kTolerance = 2e-6;
  static const TrainingKernels<float>& Of(const TrainingKernelSet& set) { return *set.float32; }
};
template <>
struct TypeFacts<Bfloat16> {
  static constexpr at::ScalarType kType = at::kBFloat16;
  static constexpr double kTolerance = 8e-3;  // 8 bits
  static const TrainingKernels<Bfloat16>& Of(const TrainingKernelSet& set) { return *set.bfloat16; }
};

template <class T>
class TrainingKernelsTest : public testing::Test {
 protected:
  // Neither is a multiple of a vector.
  static constexpr int64_t kRows = 7, kColumns = 53;

  TrainingKernelsTest() { at::manual_seed(3); }

  static at::Tensor States(at::IntArrayRef shape) { return at::randn(shape); }
  static at::Tensor Linear(at::IntArrayRef shape) { return at::randn(shape).to(TypeFacts<T>::kType); }
  static at::Tensor EmptyLinear(at::IntArrayRef shape) { return at::empty(shape, TypeFacts<T>::kType); }
  template <class Element>
  static Element* At(const at::Tensor& x) {
    return static_cast<Element*>(x.mutable_data_ptr());
  }
  static void ExpectNear(const at::Tensor& actual, const at::Tensor& expected, const char* what) {
    const at::Tensor error = (actual.to(at::kDouble) - expected).abs();
    EXPECT_LE((error / (expected.abs() + 1)).max().template item<double>(), TypeFacts<T>::kTolerance) << what;
  }
  static at::Tensor D(const at::Tensor& x) { return x.to(at::kDouble); }

  template <class Body>
  void ForEachSet(Body body) {
    for (const TrainingKernelSet* set : SupportedTrainingKernels()) {
      SCOPED_TRACE(set->name);
      body(TypeFacts<T>::Of(*set));
    }
  }
};

using Types = testing::Types<float, Bfloat16>;
TYPED_TEST_SUITE(TrainingKernelsTest, Types);

TYPED_TEST(TrainingKernelsTest, Norm) {
  using T = TypeParam;
  const int64_t rows = this->kRows, d = this->kColumns;
  const at::Tensor x = this->States({rows, d}), w = this->States({d}), dy = this->Linear({rows, d});
  const at::Tensor leaf = this->D(x).requires_grad_(), weight = this->D(w).requires_grad_();
  const at::Tensor expected = leaf * (leaf.square().mean(1, true) + 1e-5).rsqrt() * weight;
  expected.backward(this->D(dy));
  this->ForEachSet([&](const TrainingKernels<T>& k) {
    at::Tensor out = this->EmptyLinear({rows, d}), scale = at::empty({rows});
    k.norm(this->template At<float>(x), this->template At<float>(w), 1e-5f, rows, d,
           this->template At<T>(out), this->template At<float>(scale));
    this->ExpectNear(out, expected.detach(), "out");
    at::Tensor again = this->EmptyLinear({rows, d});
    k.normalise(this->template At<float>(x), this->template At<float>(w), this->template At<float>(scale),
                rows, d, this->template At<T>(again));
    EXPECT_TRUE(at::equal(again, out));
    at::Tensor dx = at::ones({rows, d}), dw = at::ones({d});
    k.norm_backward(this->template At<T>(dy), this->template At<float>(x), this->template At<float>(w),
                    this->template At<float>(scale), rows, d, this->template At<float>(dx),
                    this->template At<float>(dw));
    this->ExpectNear(dx, leaf.grad() + 1, "dx");
    this->ExpectNear(dw, weight.grad() + 1, "dweight");
  });
}

TYPED_TEST(TrainingKernelsTest, SwiGlu) {
  using T = TypeParam;
  const int64_t rows = this->kRows, f = this->kColumns;
  const at::Tensor u = this->Linear({rows, 2 * f}) * 4, dy = this->Linear({rows, f});
  const at::Tensor leaf = this->D(u).requires_grad_();
  const at::Tensor expected = leaf.narrow(1, 0, f) * at::silu(leaf.narrow(1, f, f));
  expected.backward(this->D(dy));
  this->ForEachSet([&](const TrainingKernels<T>& k) {
    at::Tensor out = this->EmptyLinear({rows, f}), again = this->EmptyLinear({rows, f});
    at::Tensor du = this->EmptyLinear({rows, 2 * f});
    k.swiglu(this->template At<T>(u), rows, f, this->template At<T>(out));
    this->ExpectNear(out, expected.detach(), "out");
    k.swiglu_backward(this->template At<T>(dy), this->template At<T>(u), rows, f, this->template At<T>(du),
                      this->template At<T>(again));
    this->ExpectNear(du, leaf.grad(), "du");
    EXPECT_TRUE(at::equal(again, out));
  });
}

TYPED_TEST(TrainingKernelsTest, Rotary) {
  using T = TypeParam;
  const int64_t rows = 9, length = 4, heads = 2, size = 10, stride = 33;  // three heads and a rest
  const at::Tensor x = this->Linear({rows, stride});
  const at::Tensor cosine = at::randn({length, size / 2}), sine = at::randn({length, size / 2});
  const at::Tensor position = at::arange(5, 5 + rows).remainder(length);
  at::Tensor expected = this->D(x).clone();
  for (int64_t head = 0; head < heads; ++head) {
    const at::Tensor a = this->D(x).narrow(1, head * size, size / 2);
    const at::Tensor b = this->D(x).narrow(1, head * size + size / 2, size / 2);
    const at::Tensor c = this->D(cosine).index_select(0, position),
                     s = this->D(sine).index_select(0, position);
    expected.narrow(1, head * size, size / 2).copy_(a * c + b * s);
    expected.narrow(1, head * size + size / 2, size / 2).copy_(b * c - a * s);
  }
  this->ForEachSet([&](const TrainingKernels<T>& k) {
    at::Tensor out = x.clone();
    k.rotary(this->template At<T>(out), rows, stride, heads, size, 5, length,
             this->template At<float>(cosine), this->template At<float>(sine), -1.0f);
    this->ExpectNear(out, expected, "out");
  });
}

TYPED_TEST(TrainingKernelsTest, MaskedHiddenUnits) {
  using T = TypeParam;
  const int64_t rows = this->kRows, f = this->kColumns;
  const at::Tensor begins = at::tensor({0, 7, 11, 36}, at::kLong);  // windows of 17 overlap
  const at::Tensor experts =
      at::stack({at::arange(rows).remainder(4), (at::arange(rows) + 1).remainder(4)}, 1).contiguous();
  const at::Tensor gates = at::rand({rows, 2}), a = this->Linear({rows, f}), dy = this->Linear({rows, f});
  const at::Tensor leaf = this->D(a).requires_grad_(), g = this->D(gates).requires_grad_();
  at::Tensor windows = at::zeros({4, f}, at::kDouble);
  for (int64_t e = 0; e < 4; ++e) {
    windows[e].narrow(0, begins[e].template item<int64_t>(), 17).fill_(1);
  }
  const at::Tensor mask = at::zeros({rows, 4}, at::kDouble).scatter_add(1, experts, g).mm(windows);
  (leaf * mask).backward(this->D(dy));
  const ExpertWindows expert_windows{this->template At<int64_t>(begins), 17,
                                     this->template At<int64_t>(experts), this->template At<float>(gates), 2};
  this->ForEachSet([&](const TrainingKernels<T>& k) {
    at::Tensor out = this->EmptyLinear({rows, f}), da = dy.clone(), dgates = at::empty({rows, 2});
    k.mask_hidden(this->template At<T>(a), expert_windows, rows, f, this->template At<T>(out));
    this->ExpectNear(out, (leaf * mask).detach(), "out");
    k.mask_hidden_backward(this->template At<T>(da), this->template At<T>(a), expert_windows, rows, f,
                           this->template At<float>(dgates));
    this->ExpectNear(da, leaf.grad(), "da");
    this->ExpectNear(dgates, g.grad(), "dgates");
  });
}

TYPED_TEST(TrainingKernelsTest, CausalAttention) {
  using T = TypeParam;
  // Two blocks of queries, the second one not whole; two query heads for each key-value head.
  const int64_t sequences = 2, length = 131, heads = 4, kv_heads = 2, size = 10, all = heads + 2 * kv_heads;
  const at::Tensor qkv = this->Linear({sequences * length, all * size});
  const at::Tensor dout = this->Linear({sequences * length, heads * size});
  const at::Tensor leaf = this->D(qkv).requires_grad_();
  const auto parts = leaf.view({sequences, length, all, size})
                         .transpose(1, 2)
                         .split_with_sizes({heads, kv_heads, kv_heads}, 1);
  const at::Tensor expected = at::scaled_dot_product_attention(parts[0], parts[1], parts[2], {}, 0.0,
                                                               /*is_causal=*/true, std::nullopt,
                                                               /*enable_gqa=*/true)
                                  .transpose(1, 2)
                                  .reshape({sequences * length, heads * size});
  expected.backward(this->D(dout));
  this->ForEachSet([&](const TrainingKernels<T>& k) {
    at::Tensor out = this->EmptyLinear(dout.sizes()), dqkv = this->EmptyLinear(qkv.sizes());
    at::Tensor log_sums = at::empty({sequences, heads, length});
    AttentionHead<T> head{.qkv = this->template At<T>(qkv),
                          .out = this->template At<T>(out),
                          .log_sums = this->template At<float>(log_sums),
                          .dout = this->template At<T>(dout),
                          .dqkv = this->template At<T>(dqkv),
                          .length = length,
                          .n_heads = heads,
                          .n_kv_heads = kv_heads,
                          .head_size = size};
    for (head.sequence = 0; head.sequence < sequences; ++head.sequence) {
      for (head.kv_head = 0; head.kv_head < kv_heads; ++head.kv_head) {
        k.attention(head);
        k.attention_backward(head);
      }
    }
    this->ExpectNear(out, expected.detach(), "out");
    this->ExpectNear(dqkv, leaf.grad(), "dqkv");
  });
}

TYPED_TEST(TrainingKernelsTest, CrossEntropy) {
  using T = TypeParam;
  const int64_t rows = this->kRows, v = this->kColumns;
  const at::Tensor logits = this->Linear({rows, v}) * 6;
  const at::Tensor labels = at::tensor({0, 52, 3, -1, 9, 31, 48}, at::kLong);
  const at::Tensor leaf = this->D(logits).requires_grad_();
  const at::Tensor losses = -at::log_softmax(leaf, 1).gather(1, labels.clamp_min(0).unsqueeze(1)).squeeze(1) *
                            labels.ge(0).to(at::kDouble);
  (losses.sum() * 0.25).backward();
  this->ForEachSet([&](const TrainingKernels<T>& k) {
    at::Tensor gradient = logits.clone(), actual = at::empty({rows}, at::kDouble);
    k.cross_entropy(this->template At<T>(gradient), this->template At<int64_t>(labels), rows, v, 0.25f,
                    this->template At<double>(actual));
    EXPECT_LE((actual - losses.detach()).abs().max().template item<double>(), 1e-5);  // float32 sums
    this->ExpectNear(gradient, leaf.grad(), "gradient");
  });
}

TYPED_TEST(TrainingKernelsTest, NotANumberStaysNotANumber) {
  using T = TypeParam;
  at::Tensor x = at::zeros({3, 20});
  x[1][19] = std::numeric_limits<float>::quiet_NaN();
  this->ForEachSet([&](const TrainingKernels<T>& k) {
    at::Tensor cast = this->EmptyLinear({3, 20});
    k.cast(this->template At<float>(x), 60, this->template At<T>(cast));
    EXPECT_TRUE(at::isnan(cast)[1][19].template item<bool>());
    at::Tensor logits = cast.clone(), losses = at::empty({3}, at::kDouble);
    const at::Tensor labels = at::zeros({3}, at::kLong);
    k.cross_entropy(this->template At<T>(logits), this->template At<int64_t>(labels), 3, 20, 1.0f,
                    this->template At<double>(losses));
    EXPECT_TRUE(at::isnan(losses)[1].template item<bool>());
    EXPECT_FALSE(at::isnan(losses)[0].template item<bool>());
  });
}

TYPED_TEST(TrainingKernelsTest, ElementsAndRows) {
  using T = TypeParam;
  const int64_t rows = this->kRows, d = this->kColumns, n = rows * d;
  const at::Tensor x = this->States({rows, d}), y = this->Linear({rows, d}), scale = this->States({rows});
  this->ForEachSet([&](const TrainingKernels<T>& k) {
    at::Tensor sum = at::empty({rows, d}), scaled = this->EmptyLinear({rows, d}), dot = at::empty({rows});
    at::Tensor cast = this->EmptyLinear({rows, d}), total = x.clone();
    k.add(this->template At<float>(x), this->template At<T>(y), n, this->template At<float>(sum));
    this->ExpectNear(sum, this->D(x) + this->D(y), "add");
    k.scale_rows(this->template At<float>(x), this->template At<float>(scale), rows, d,
                 this->template At<T>(scaled));
    this->ExpectNear(scaled, this->D(x) * this->D(scale).unsqueeze(1), "scale_rows");
    k.dot(this->template At<float>(x), this->template At<T>(y), rows, d, this->template At<float>(dot));
    this->ExpectNear(dot, (this->D(x) * this->D(y)).sum(1), "dot");
    k.cast(this->template At<float>(x), n, this->template At<T>(cast));
    EXPECT_TRUE(at::equal(cast, x.to(cast.scalar_type())));
    k.accumulate(this->template At<T>(y), n, this->template At<float>(total));
    this->ExpectNear(total, this->D(x) + this->D(y), "accumulate");
  });
}

}  // namespace
}  // namespace vffn::kernels
