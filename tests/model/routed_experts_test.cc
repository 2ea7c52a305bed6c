// Experts as slices of one FFN, on gathered rows, against the same experts with weights of their own.
#include "model/ffn/routed_experts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vffn {
namespace {

using testing::ElementsAre;

/// Random experts of a gated FFN of 150 hidden units, for 40 tokens of 45 numbers.
class RoutedExpertsTest : public testing::Test {
 protected:
  static constexpr int64_t kTokens = 40, kD = 45, kF = 150;

  RoutedExpertsTest() {
    at::manual_seed(1);
    in_ = at::randn({2 * kF, kD}) / 7;
    out_ = at::randn({kD, kF}) / 12;
    router_ = at::randn({7, kD}) / 7;
    h_ = at::randn({kTokens, kD});
  }

  Linear Layer(const at::Tensor& weight, const ComputeContext& context, int64_t parts = 1) {
    return Linear({.weight = weight.contiguous()}, context, flops(), parts);
  }

  /// 7 experts of so many units: 7 * 13 leaves some to none, 21 units are no multiple of a panel.
  RoutedExperts Experts(int64_t top_k, int64_t units) {
    const ComputeContext context({}, work_);
    const Mlp mlp(Layer(in_, context, 2), Layer(out_, context), ActivationFunction(Activation::kSilu),
                  context);
    const FfnConfig config{
        .kind = FfnKind::kMoe, .n_experts = 7, .top_k = top_k, .expert_hidden_size = units};
    return RoutedExperts(Layer(router_, context.InFloat32()), mlp, config, flops());
  }

  /// What expert e computes of rows x, with weights of its own.
  at::Tensor Alone(int64_t e, int64_t units, const at::Tensor& x) {
    const ComputeContext context({}, work_);
    const int64_t begin = e * units, end = begin + units;
    const at::Tensor in = at::cat({in_.slice(0, begin, end), in_.slice(0, kF + begin, kF + end)});
    return Mlp(Layer(in, context, 2), Layer(out_.slice(1, begin, end), context),
               ActivationFunction(Activation::kSilu), context)
        .forward(x);
  }

  WorkCounter::Cell& flops() { return work_.flops(0, Work::kExperts); }

  WorkCounter work_{ModelConfig{.n_layers = 1}};
  at::Tensor in_, out_, router_, h_;
};

TEST_F(RoutedExpertsTest, AreFfnsOfTheirOwnToTheBit) {
  for (const int64_t units : {1, 13, 21}) {
    for (const int64_t top_k : {1, 2, 3, 4, 7}) {
      for (const std::vector<int64_t>& rows :
           std::vector<std::vector<int64_t>>{{5}, {3, 1, 2}, {39, 4, 4, 0, 17, 8, 9, 10, 11, 12, 13, 14}}) {
        const RoutedExperts experts = Experts(top_k, units);
        const at::Tensor x = h_.index_select(0, at::tensor(rows));
        const Routing routing = experts.RouteRows(h_, rows);
        EXPECT_TRUE(at::equal(routing.logits, experts.Route(x).logits));
        const int64_t before = flops();
        const ExpertPairs pairs = experts.Sort(rows, routing);
        const at::Tensor outputs = experts.PairOutputs({.x = h_}, pairs);
        EXPECT_EQ(flops() - before, static_cast<int64_t>(rows.size()) * top_k * 2 * 3 * units * kD);
        for (size_t i = 0; i < rows.size(); ++i) {
          for (int64_t j = 0; j < top_k; ++j) {
            const int64_t pair = pairs.places[i * top_k + j];
            const auto token = static_cast<int64_t>(i);
            const int64_t expert = routing.indices[token][j].item<int64_t>();
            EXPECT_TRUE(at::equal(outputs[pair], Alone(expert, units, x.slice(0, token, token + 1))[0]))
                << units << " units, " << top_k << " experts, token " << i;
          }
        }
      }
    }
  }
}

TEST_F(RoutedExpertsTest, JoinAsTheirWeightedSum) {
  for (const int64_t top_k : {1, 2, 4}) {
    const RoutedExperts experts = Experts(top_k, 21);
    const Routing routing = experts.Route(h_);
    std::vector<at::Tensor> outputs(top_k);  // best first
    for (int64_t j = 0; j < top_k; ++j) {
      outputs[j] = at::empty({kTokens, kD});
      for (int64_t token = 0; token < kTokens; ++token) {
        const int64_t expert = routing.indices[token][j].item<int64_t>();
        outputs[j][token].copy_(Alone(expert, 21, h_.slice(0, token, token + 1))[0]);
      }
    }
    const at::Tensor sum = WeightedSum(outputs, routing.weights);
    const at::Tensor addend = at::randn({kTokens, kD}), stream = at::randn({kTokens, kD});
    const ResidualConnection connection({}, 0.3);
    EXPECT_TRUE(at::equal(experts.Join({.x = h_}, routing, addend, connection, stream),
                          connection.Add(stream, sum + addend)));
    EXPECT_TRUE(at::equal(experts.Join({.x = h_}, routing, {}, connection, stream),
                          connection.Add(stream, sum.clone())));
  }
}

TEST(TokenOrders, PutMoreLoopsFirst) {
  const LoopOrder order = OrderByLoops(std::vector<int64_t>{1, 3, 1, 4, 3}, 5);
  EXPECT_THAT(order.rows, ElementsAre(3, 1, 4, 0, 2));
  EXPECT_THAT(order.places, ElementsAre(3, 1, 4, 0, 2));
  EXPECT_THAT(order.histogram, ElementsAre(2, 0, 2, 1, 0));
}

TEST(TokenOrders, PutPairsOfAnExpertTogether) {
  const ExpertPairs pairs =
      SortByExpert(std::vector<int64_t>{8, 2, 5}, std::vector<int64_t>{3, 0, 0, 1, 1, 3}, 5);
  EXPECT_THAT(pairs.begin, ElementsAre(0, 2, 4, 4, 6, 6));
  EXPECT_THAT(pairs.rows, ElementsAre(8, 2, 2, 5, 8, 5));
  EXPECT_THAT(pairs.places, ElementsAre(4, 0, 1, 2, 3, 5));
  EXPECT_THAT(SortByExpert({}, {}, 2).begin, ElementsAre(0, 0, 0));
}

}  // namespace
}  // namespace vffn
