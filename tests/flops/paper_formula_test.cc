#include "flops/paper_formula.h"

#include <gtest/gtest.h>

#include "flops/paper_models.h"

namespace vffn {
namespace {

// 2 * 3 d F * 15 layers, times 1, 1.25, 2, 4, 6: what Table 2 rounds (and in places misprints).
TEST(PaperFormula, GivesTableTwo) {
  const std::vector<int64_t> exact = {377487360, 471859200,  754974720,  1509949440, 2264924160,
                                      849346560, 1061683200, 1698693120, 3397386240, 5096079360};
  size_t i = 0;
  for (const PaperModel& model : PaperModels()) {
    const std::optional<double> flops = PaperFfnFlops(model.config, std::nullopt);
    if (model.method == "VersatileFFN") {
      EXPECT_EQ(flops, std::nullopt) << "nobody said how many loops";
    } else {
      EXPECT_EQ(flops, static_cast<double>(exact.at(i++))) << model.scale << " " << model.method;
    }
  }
  EXPECT_EQ(i, exact.size());
}

TEST(PaperFormula, OfVersatileFfnTakesTheAverages) {
  ModelConfig config = PaperModels()[5].config;
  ASSERT_EQ(config.ffn.kind, FfnKind::kVersatile);
  // 377.487360 * 3.125 + 94.371840 * 0.5
  EXPECT_DOUBLE_EQ(*PaperFfnFlops(config, LoopAverages{3.125, 0.5}), 1226833920.0);
  // All tokens at L_max are a 4-Loop.
  EXPECT_DOUBLE_EQ(*PaperFfnFlops(config, LoopAverages{4, 0}), 1509949440.0);
  config.ffn.probes.loops = 4;
  EXPECT_DOUBLE_EQ(*PaperFfnFlops(config, std::nullopt), 1509949440.0);
  config.ffn.probes.loops = 3;
  EXPECT_DOUBLE_EQ(*PaperFfnFlops(config, std::nullopt), 3 * 377487360.0 + 94371840.0);
}

TEST(PaperFormula, KnowsNoAblation) {
  ModelConfig config = PaperModels()[5].config;
  config.ffn.probes.branches = Branches::kDepth;
  EXPECT_EQ(PaperFfnFlops(config, LoopAverages{3, 0.5}), std::nullopt);
  config.ffn.probes = {.lambda = 0.5};
  EXPECT_EQ(PaperFfnFlops(config, LoopAverages{3, 0.5}), std::nullopt);
}

TEST(PaperFormula, FollowsAForcedLoopCountOfKLoop) {
  ModelConfig config = PaperModels()[3].config;
  config.ffn.probes.loops = 3;
  EXPECT_EQ(PaperFfnFlops(config, std::nullopt), 3 * 377487360.0);
}

}  // namespace
}  // namespace vffn
