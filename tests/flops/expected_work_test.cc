#include "flops/expected_work.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/error.h"
#include "flops/paper_formula.h"
#include "flops/paper_models.h"
#include "model/parameters.h"

namespace vffn {
namespace {

ModelConfig Small(const FfnConfig& ffn) {
  ModelConfig config{.d_model = 24,
                     .n_layers = 3,
                     .n_heads = 6,
                     .n_kv_heads = 2,
                     .head_size = 10,
                     .ffn_hidden_size = 50,
                     .vocab_size = 71,
                     .max_sequence_length = 64};
  config.ffn = ffn;
  Validate(config, "test");
  return config;
}

FfnConfig Versatile(Probes probes = {}) {
  return {.kind = FfnKind::kVersatile,
          .n_experts = 7,  // does not divide 50
          .top_k = 3,
          .expert_hidden_size = 7,
          .max_loops = 5,
          .probes = probes};
}

/// Does what the model does a product at a time, and counts multiply-adds into the counter the kernels use.
/// Knows tensors by their shapes in ParameterSpecs.
class SlowModel {
 public:
  explicit SlowModel(const ModelConfig& config) : config_(config), counter_(config) {
    for (const ParameterSpec& spec : ParameterSpecs(config)) {
      shapes_[spec.name] = spec.shape;
    }
  }

  void Run(const std::vector<int64_t>& lengths) {
    for (const int64_t length : lengths) {
      counter_.AddTokens(length);
      for (int64_t token = 0; token < length; ++token) {
        for (int64_t layer = 0; layer < config_.n_layers; ++layer) {
          Attend(layer, token);
          Ffn(layer);
        }
      }
    }
  }

  void Head(int64_t rows) {
    for (int64_t row = 0; row < rows; ++row) {
      Multiply(0, Work::kOutputHead, shapes_.at("head.weight"));
    }
  }

  ExecutedWork Read() const { return counter_.Read(); }

 private:
  void Multiply(int64_t layer, Work work, const std::vector<int64_t>& shape) {
    counter_.flops(layer, work) += 2 * shape[0] * shape[1];
  }
  const std::vector<int64_t>& Shape(int64_t layer, const std::string& name) {
    return shapes_.at("layers." + std::to_string(layer) + "." + name + ".weight");
  }

  void Attend(int64_t layer, int64_t token) {
    Multiply(layer, Work::kAttentionProjections, Shape(layer, "qkv"));
    Multiply(layer, Work::kAttentionProjections, Shape(layer, "attention_out"));
    for (int64_t other = 0; other <= token; ++other) {
      if (config_.HasWindow(layer) && token - other >= config_.window) {
        continue;
      }
      for (int64_t head = 0; head < config_.n_heads; ++head) {
        counter_.flops(layer, Work::kAttention) += 2 * config_.head_size;  // query times key
        counter_.flops(layer, Work::kAttention) += 2 * config_.head_size;  // weight times value
      }
    }
  }

  void Dense(int64_t layer, int64_t loops) {
    for (int64_t loop = 0; loop < loops; ++loop) {
      Multiply(layer, Work::kFfn, Shape(layer, "ffn_in"));
      Multiply(layer, Work::kFfn, Shape(layer, "ffn_out"));
    }
  }

  void Route(int64_t layer) {
    Multiply(layer, Work::kRouting, Shape(layer, "router"));
    for (int64_t expert = 0; expert < config_.ffn.top_k; ++expert) {
      Multiply(layer, Work::kExperts, {2 * config_.ffn.expert_hidden_size, config_.d_model});
      Multiply(layer, Work::kExperts, {config_.d_model, config_.ffn.expert_hidden_size});
    }
  }

  void Ffn(int64_t layer) {
    const FfnConfig& ffn = config_.ffn;
    if (ffn.kind == FfnKind::kSparseMoe) {
      if (config_.ffn_hidden_size > 0) {
        Dense(layer, 1);
      }
      if (ffn.shared_expert_gate) {
        Multiply(layer, Work::kRouting, Shape(layer, "shared_expert_gate"));
      }
      Route(layer);
      return;
    }
    if (ffn.kind != FfnKind::kVersatile) {
      Dense(layer, ffn.kind == FfnKind::kKLoop ? ffn.probes.loops ? ffn.probes.loops : ffn.max_loops : 1);
      if (ffn.kind == FfnKind::kMoe) {
        Route(layer);
      }
      return;
    }
    const int64_t predicted = 1 + static_cast<int64_t>(generator_() % ffn.max_loops);
    const int64_t loops = ffn.probes.loops ? ffn.probes.loops : predicted;
    double lambda = static_cast<double>(ffn.max_loops - loops) / static_cast<double>(ffn.max_loops);
    lambda = ffn.probes.lambda.value_or(ffn.expected_loops == Reading::kPaper ? 0.01 : lambda);
    lambda = ffn.probes.branches == Branches::kDepth ? 0 : lambda;
    lambda = ffn.probes.branches == Branches::kWidth ? 1 : lambda;
    if (lambda < 1) {
      counter_.AddLoops(layer, loops, 1);
      Dense(layer, loops);
      if (ffn.probes.loops == 0) {
        Multiply(layer, Work::kRouting, Shape(layer, "loop_head"));
      }
    }
    if (lambda > 0) {
      counter_.AddWidthTokens(layer, 1);
      Route(layer);
    }
  }

  ModelConfig config_;
  WorkCounter counter_;
  std::map<std::string, std::vector<int64_t>> shapes_;
  std::mt19937 generator_{5};
};

std::vector<FfnConfig> EveryFfn() {
  FfnConfig paper = Versatile();
  paper.expected_loops = Reading::kPaper;
  return {{},
          {.kind = FfnKind::kMoe, .n_experts = 5, .top_k = 2, .expert_hidden_size = 9},
          {.kind = FfnKind::kKLoop, .max_loops = 4},
          {.kind = FfnKind::kKLoop, .max_loops = 4, .probes = {.loops = 3}},
          Versatile(),
          paper,
          Versatile({.shuffle_loops = 9}),
          Versatile({.branches = Branches::kWidth}),
          Versatile({.branches = Branches::kDepth}),
          Versatile({.branches = Branches::kDepth, .loops = 2}),
          Versatile({.lambda = 0.0}),
          Versatile({.lambda = 0.4}),
          Versatile({.lambda = 1.0}),
          Versatile({.loops = 5}),
          Versatile({.loops = 2}),
          Versatile({.lambda = 0.4, .loops = 5})};
}

/// With every kind of FFN, and others whose attention or FFN costs something else.
std::vector<ModelConfig> EveryModel() {
  std::vector<ModelConfig> models;
  for (const FfnConfig& ffn : EveryFfn()) {
    models.push_back(Small(ffn));
  }
  const auto add = [&](const FfnConfig& ffn, auto change) { change(models.emplace_back(Small(ffn))); };
  const FfnConfig sparse = {.kind = FfnKind::kSparseMoe, .n_experts = 5, .top_k = 2, .expert_hidden_size = 9};
  add({}, [](ModelConfig& c) { c.gated = false; });
  add({}, [](ModelConfig& c) { c.window = 4; });
  add(Versatile(), [](ModelConfig& c) {
    c.window = 5;
    c.full_attention_layers = {0, 2};
  });
  add({}, [](ModelConfig& c) { c.window = 100; });
  add(sparse, [](ModelConfig&) {});  // with a shared expert
  add(sparse, [](ModelConfig& c) { c.ffn.shared_expert_gate = true; });
  add(sparse, [](ModelConfig& c) { c.ffn_hidden_size = 0; });
  return models;
}

TEST(ExpectedWork, EqualsASlowCountFieldByField) {
  const std::vector<int64_t> lengths = {1, 7, 12};
  PackedBatch batch;
  for (const int64_t length : lengths) {
    AppendSequence(batch, std::vector<int32_t>(length));
  }
  EXPECT_EQ(VisiblePairs(batch), 1 + 28 + 78);
  EXPECT_EQ(VisiblePairs(batch, 3), 1 + (1 + 2 + 5 * 3) + (1 + 2 + 10 * 3));
  for (const ModelConfig& config : EveryModel()) {
    SCOPED_TRACE(ToJson(config).dump());
    SlowModel model(config);
    model.Run(lengths);
    model.Head(6);
    const ExecutedWork executed = model.Read();
    const WorkSize size{batch.size(), VisiblePairs(batch), 6, VisiblePairs(batch, config.window)};
    const ExecutedWork expected = ExpectedWork(config, size, executed.decisions);
    EXPECT_EQ(ToJson(expected).dump(), ToJson(executed).dump());
    EXPECT_EQ(expected, executed);
  }
}

TEST(ExpectedWork, PerTokenIsTheMeanOfARun) {
  for (const ModelConfig& config : EveryModel()) {
    SCOPED_TRACE(ToJson(config).dump());
    SlowModel model(config);
    model.Run({9, 9, 9});
    model.Head(27);
    const ExecutedWork executed = model.Read();
    const MeanFlops mean = MeanOf(executed.total(), executed.tokens);
    const MeanFlops expected = ExpectedFlopsPerToken(config, AveragesOf(executed.decisions), 9);
    for (int i = 0; i < kWorkKinds; ++i) {
      EXPECT_NEAR(expected.flops[i], mean.flops[i], 1e-9 * mean.total()) << NameOf(static_cast<Work>(i));
    }
    const std::optional<double> formula = PaperFfnFlops(config, AveragesOf(executed.decisions));
    if (formula && config.ffn.expected_loops == Reading::kRelease) {
      EXPECT_NEAR(*formula, mean.FfnTotal(), 1e-9 * mean.total());
    }
  }
}

// Of the 354M VersatileFFN, by hand: a token of 2 loops in a layer costs 2 * 2 * 3 * 1024 * 4096 + 2 experts
// of 2 * 3 * 1024 * 512 + 2 * 1024 * (8 + 4) for router and loop head.
TEST(ExpectedWork, OfOneToken) {
  const ModelConfig config = PaperModels()[5].config;
  const std::vector<LayerDecisions> decisions(15, {{0, 1, 0, 0}, 1});
  const WorkFlops work = ExpectedWork(config, {1, 1, 1}, decisions).total();
  EXPECT_EQ(work[Work::kAttentionProjections], 15 * 2 * 4 * 1024 * 1024);
  EXPECT_EQ(work[Work::kAttention], 15 * 4 * 1024);
  EXPECT_EQ(work[Work::kFfn], 754974720);
  EXPECT_EQ(work[Work::kExperts], 94371840);
  EXPECT_EQ(work[Work::kRouting], 15 * 24576);
  EXPECT_EQ(work[Work::kOutputHead], 2 * 1024 * 50304);
}

TEST(ExpectedWork, ReusedIsTwoThirdsOfTheExperts) {
  const ModelConfig config = Small(Versatile());
  LayerDecisions decisions{{4, 3, 0, 2, 1}, 9};
  EXPECT_EQ(ReusedFlops(config, decisions), 0);
  decisions.reused_tokens = 9;
  const std::vector<LayerDecisions> layers(3, decisions);
  const ExecutedWork work = ExpectedWork(config, {10, 55, 0}, layers);  // what is exact does not change
  EXPECT_EQ(work.layers[1][Work::kExperts], 9 * 3 * (6 * 24 * 7));
  EXPECT_EQ(ReusedFlops(config, decisions), 9 * 3 * (4 * 24 * 7));
}

TEST(ExpectedWork, RefusesDecisionsThatDoNotFit) {
  const ModelConfig versatile = Small(Versatile());
  const auto work = [&](const ModelConfig& config, std::vector<LayerDecisions> decisions) {
    return ExpectedWork(config, {10, 55, 0}, decisions);
  };
  EXPECT_NO_THROW(work(versatile, std::vector<LayerDecisions>(3, {{1, 2, 3, 4, 0}, 10})));
  EXPECT_THROW(work(versatile, {}), Error);
  EXPECT_THROW(work(versatile, std::vector<LayerDecisions>(2, {{1, 2, 3, 4, 0}, 10})), Error);
  EXPECT_THROW(work(versatile, std::vector<LayerDecisions>(3, {{1, 2, 3, 3, 0}, 10})), Error);
  EXPECT_THROW(work(versatile, std::vector<LayerDecisions>(3, {{1, 2, 3, 4}, 10})), Error);
  EXPECT_THROW(work(versatile, std::vector<LayerDecisions>(3, {{1, 2, 3, 4, 0}, 11})), Error);
  EXPECT_THROW(work(Small({}), std::vector<LayerDecisions>(3, {{10}, 0})), Error);
  EXPECT_THROW(work(Small(Versatile({.branches = Branches::kDepth})),
                    std::vector<LayerDecisions>(3, {{1, 2, 3, 4, 0}, 10})),
               Error);
}

}  // namespace
}  // namespace vffn
