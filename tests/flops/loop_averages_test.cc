#include "flops/loop_averages.h"

#include <gtest/gtest.h>

#include "flops/paper_models.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

FfnConfig FfnWith(Probes probes = {}) {
  FfnConfig config = PaperModels()[5].config.ffn;
  config.probes = probes;
  return config;
}

TEST(LoopAverages, OfHistograms) {
  EXPECT_EQ(AveragesOf(std::vector<double>{1, 0, 1, 2}), (LoopAverages{3, 0.5}));
  EXPECT_EQ(AveragesOf(std::vector<double>{0, 0, 0.25}), (LoopAverages{3, 0}));
  EXPECT_NE(MessageOf([] { AveragesOf(std::vector<double>{0, 0}); }), "");
  EXPECT_NE(MessageOf([] { AveragesOf(std::vector<double>{1, -1}); }), "");
  EXPECT_NE(MessageOf([] { AveragesOf(std::vector<double>{}); }), "");
}

TEST(LoopAverages, WeighEveryLayerAlike) {
  const std::vector<LayerDecisions> decisions = {{{4, 0, 0, 0}, 4}, {{0, 0, 1, 3}, 1}};
  // (4 * 1 + 3 + 3 * 4) / 8 and 5 / 8
  EXPECT_EQ(AveragesOf(decisions), (LoopAverages{19.0 / 8, 5.0 / 8}));
  EXPECT_EQ(AveragesOf(std::vector<LayerDecisions>(2)), std::nullopt);
  EXPECT_EQ(AveragesOf(std::vector<LayerDecisions>{{{0, 0}, 3}}), std::nullopt) << "no depth branch";
}

TEST(LoopAverages, MustFitEachOther) {
  const auto message = [](LoopAverages averages, int64_t max_loops) {
    return MessageOf([&] { Validate(averages, max_loops, "x"); });
  };
  EXPECT_EQ(message({4, 0}, 4), "");
  EXPECT_EQ(message({1, 1}, 4), "");
  EXPECT_EQ(message({3, 1}, 4), "");
  EXPECT_EQ(message({2.5, 0.5}, 4), "");
  EXPECT_EQ(message({3.5, 0.5}, 4), "");
  EXPECT_EQ(message({2.4, 0.5}, 4),
            "x: a mean of 2.4 loops is impossible with P = 0.5 and up to 4 loops: it "
            "would be 2.5 to 3.5");
  EXPECT_NE(message({3.6, 0.5}, 4), "");
  EXPECT_NE(message({4, 1.1}, 4), "");
  EXPECT_NE(message({4, -0.1}, 4), "");
  EXPECT_EQ(message({1, 0}, 1), "");
  EXPECT_NE(message({1, 0.5}, 1), "");
}

TEST(FfnUse, FollowsThePredictedLoops) {
  const LoopAverages averages{3.1, 0.6};
  EXPECT_TRUE(NeedsAverages(FfnWith()));
  EXPECT_EQ(UseOf(FfnWith(), averages), (FfnUse{3.1, 0.6}));
  EXPECT_NE(MessageOf([] { UseOf(FfnWith(), std::nullopt); }), "");
  EXPECT_EQ(UseOf(FfnWith({.shuffle_loops = 1}), averages), (FfnUse{3.1, 0.6}));
  // Eq. 12's expectation is below L_max for every token, so Eq. 13's lambda is never 0.
  FfnConfig paper = FfnWith();
  paper.expected_loops = Reading::kPaper;
  EXPECT_EQ(UseOf(paper, averages), (FfnUse{3.1, 1}));
}

// A branch of weight zero is not run.
TEST(FfnUse, FollowsTheProbes) {
  const LoopAverages averages{3.1, 0.6};
  EXPECT_EQ(UseOf(FfnWith({.branches = Branches::kDepth}), averages), (FfnUse{3.1, 0}));
  EXPECT_EQ(UseOf(FfnWith({.lambda = 0.0}), averages), (FfnUse{3.1, 0}));
  EXPECT_EQ(UseOf(FfnWith({.lambda = 0.5}), averages), (FfnUse{3.1, 1}));
  EXPECT_EQ(UseOf(FfnWith({.lambda = 1.0}), std::nullopt), (FfnUse{0, 1}));
  EXPECT_EQ(UseOf(FfnWith({.branches = Branches::kWidth}), std::nullopt), (FfnUse{0, 1}));
  EXPECT_EQ(UseOf(FfnWith({.branches = Branches::kWidth, .lambda = 0.0}), std::nullopt), (FfnUse{0, 1}));
  EXPECT_EQ(UseOf(FfnWith({.loops = 2}), std::nullopt), (FfnUse{2, 1}));
  EXPECT_EQ(UseOf(FfnWith({.loops = 4}), std::nullopt), (FfnUse{4, 0}));
  EXPECT_EQ(UseOf(FfnWith({.lambda = 0.5, .loops = 4}), std::nullopt), (FfnUse{4, 1}));
  EXPECT_EQ(UseOf(FfnWith({.branches = Branches::kDepth, .loops = 3}), std::nullopt), (FfnUse{3, 0}));
}

TEST(FfnUse, OfTheOtherKindsIsFixed) {
  const std::vector<PaperModel> models = PaperModels();
  EXPECT_EQ(UseOf(models[0].config.ffn, std::nullopt), (FfnUse{1, 0}));
  EXPECT_EQ(UseOf(models[1].config.ffn, std::nullopt), (FfnUse{1, 1}));
  EXPECT_EQ(UseOf(models[4].config.ffn, std::nullopt), (FfnUse{6, 0}));
}

}  // namespace
}  // namespace vffn
