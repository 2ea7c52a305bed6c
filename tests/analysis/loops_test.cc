#include "analysis/loops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/branch_cosine.h"
#include "analysis/experts.h"
#include "flops/paper_formula.h"
#include "tests/base/temporary_folder.h"
#include "tests/trace/random_trace.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two requests: context 1 2, continuations "3 4" and "3 5". Layer 0 loops 1 2 3; layer 1 loops 4 4 4.
DocTrace SmallDoc() {
  return {.task = "t",
          .tokens = {1, 2, 3, 4, 5},
          .parents = {-1, 0, 1, 2, 2},
          .positions = {0, 1, 2, 3, 3},
          .choices = {0, 0, 0, 0, 1},
          .readers = {2, 2, 2, 0, 0},
          .scored = {0, 0, 2, 1, 1},
          .log_probs = {std::nullopt, std::nullopt, -1, -2, -3},
          .loop_counts = {1, 2, 3, 4, 4, 4},
          .nodes_run = 3};
}

TEST(CountOf, KnowsEveryConvention) {
  DocTrace doc = SmallDoc();
  const auto counts = [&](Sharing sharing, Part part) {
    std::vector<int64_t> all;
    for (int64_t node = 0; node < doc.nodes_run; ++node) {
      all.push_back(CountOf(doc, node, {sharing, part}));
    }
    return all;
  };
  EXPECT_THAT(counts(Sharing::kOnce, Part::kAll), ElementsAre(1, 1, 1));
  EXPECT_THAT(counts(Sharing::kOnce, Part::kContext), ElementsAre(1, 1, 0));
  EXPECT_THAT(counts(Sharing::kOnce, Part::kContinuation), ElementsAre(0, 0, 1));
  EXPECT_THAT(counts(Sharing::kRepeated, Part::kAll), ElementsAre(2, 2, 2));
  EXPECT_THAT(counts(Sharing::kRepeated, Part::kContext), ElementsAre(2, 2, 0));
  EXPECT_THAT(counts(Sharing::kRepeated, Part::kContinuation), ElementsAre(0, 0, 2));
  doc.scored[1] = 1;  // context of one request, continuation of the other
  EXPECT_THAT(counts(Sharing::kOnce, Part::kContext), ElementsAre(1, 1, 0));
  EXPECT_THAT(counts(Sharing::kOnce, Part::kContinuation), ElementsAre(0, 1, 1));
  EXPECT_THAT(counts(Sharing::kRepeated, Part::kContext), ElementsAre(2, 1, 0));
}

TEST(LoopAnalysis, CountsByHand) {
  LoopAnalysis analysis(RandomTraceHeader(2));
  analysis.Add(SmallDoc());
  const std::vector<LoopCounts> results = analysis.Result();
  const LoopCounts& once = results[0];
  EXPECT_EQ(once.tokens, 3);
  EXPECT_THAT(once.layers[0].histogram, ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(once.layers[1].histogram, ElementsAre(0, 0, 0, 3));
  EXPECT_EQ(once.layers[0].mean->value, 2);
  EXPECT_FALSE(once.layers[0].mean->standard_error);  // one doc
  EXPECT_EQ(once.mean_loops->value, 3);
  EXPECT_EQ(once.share_below_max->value, 0.5);
  EXPECT_EQ(results[2].mean_loops->value, 3.5);  // the continuation's token: 3 and 4 loops
  EXPECT_EQ(results[3].tokens, 6);
  EXPECT_EQ(results[3].mean_loops->value, 3);
}

TEST(LoopAnalysis, EmptyAndUnvaryingDataGiveNoErrors) {
  LoopAnalysis analysis(RandomTraceHeader(2));
  EXPECT_FALSE(analysis.Result()[0].mean_loops || analysis.Result()[0].flops);
  DocTrace doc = SmallDoc();
  std::ranges::fill(doc.loop_counts, 3);
  analysis.Add(doc);
  doc.doc_id = 1;
  analysis.Add(doc);
  const LoopCounts counts = analysis.Result()[0];
  EXPECT_EQ(counts.mean_loops->value, 3);
  EXPECT_FALSE(counts.mean_loops->standard_error);
  EXPECT_FALSE(counts.flops->paper->standard_error);
}

TEST(LoopAnalysis, FlopsErrorsFollowTheFormula) {
  const TraceHeader header = RandomTraceHeader();
  LoopAnalysis analysis(header);
  std::vector<DocTrace> docs;
  for (int i = 0; i < 12; ++i) {
    docs.push_back(RandomDocTrace(header.shape, "piqa", i, 1 + i));
    analysis.Add(docs.back());
  }
  const LoopCounts counts = analysis.Result()[3];
  // Of the formula's value token by token, a doc being a cluster.
  double tokens = 0, sum = 0;
  std::vector<std::pair<double, double>> of_docs;
  for (const DocTrace& doc : docs) {
    double doc_tokens = 0, doc_sum = 0;
    for (int64_t node = 0; node < doc.nodes_run; ++node) {
      double loops = 0, below = 0;
      for (int64_t layer = 0; layer < 3; ++layer) {
        loops += doc.loop_counts[layer * doc.nodes_run + node] / 3.0;
        below += doc.loop_counts[layer * doc.nodes_run + node] < 4 ? 1 / 3.0 : 0;
      }
      doc_tokens += doc.readers[node];
      doc_sum += doc.readers[node] * *PaperFfnFlops(header.config, LoopAverages{loops, below});
    }
    of_docs.emplace_back(doc_tokens, doc_sum);
    tokens += doc_tokens;
    sum += doc_sum;
  }
  double squares = 0;
  for (const auto& [doc_tokens, doc_sum] : of_docs) {
    squares += std::pow(doc_sum - sum / tokens * doc_tokens, 2);
  }
  EXPECT_NEAR(counts.flops->paper->value / (sum / tokens), 1, 1e-12);
  EXPECT_NEAR(*counts.flops->paper->standard_error / (std::sqrt(12.0 / 11 * squares) / tokens), 1, 1e-9);
  EXPECT_GT(counts.flops->routing, 0);
}

TEST(LoopAnalysis, SaysWhatAModelIsThatHasNone) {
  TraceHeader header = RandomTraceHeader();
  const auto refuses = [&](FfnKind kind, const char* what) {
    header.config.ffn.kind = kind;
    header.shape = TraceShapeOf(header.config, false);
    EXPECT_THAT(ErrorOf([&] { LoopAnalysis analysis(header); }),
                AllOf(HasSubstr("no loop counts"), HasSubstr(what)));
  };
  refuses(FfnKind::kDense, "a dense model");
  refuses(FfnKind::kKLoop, "4 loops");
  refuses(FfnKind::kSparseMoe, "a MoE model");
  refuses(FfnKind::kMoe, "a MoE model");
  ExpertAnalysis experts(header);  // which a MoE model has
  header.config.ffn = {};
  header.shape = TraceShapeOf(header.config, false);
  EXPECT_THAT(ErrorOf([&] { ExpertAnalysis none(header); }), HasSubstr("nothing adaptive"));
}

TEST(ExpertLoad, IsSummarisedByHand) {
  ExpertLoad load{.counts = {4, 4, 0, 0}};
  Summarise(load);
  EXPECT_NEAR(*load.entropy, std::log(2), 1e-15);
  EXPECT_NEAR(*load.evenness, 0.5, 1e-15);
  EXPECT_EQ(*load.max_to_mean, 2);
  EXPECT_EQ(*load.variation, 1);
  ExpertLoad empty{.counts = {0, 0}};
  Summarise(empty);
  EXPECT_FALSE(empty.entropy || empty.evenness || empty.max_to_mean || empty.variation);
  ExpertLoad one{.counts = {3}};
  Summarise(one);
  EXPECT_TRUE(one.entropy && !one.evenness);
}

TEST(CosineAnalysis, LeavesUndefinedOnesOut) {
  TraceHeader header = RandomTraceHeader(2);
  CosineAnalysis analysis(header, {});
  DocTrace doc = SmallDoc();
  doc.cosines = {0.5F, -0.5F, std::nullopt, std::nullopt, std::nullopt, std::nullopt};
  analysis.Add(doc);
  const auto layers = analysis.Result();
  EXPECT_EQ(layers[0].tokens, 2);
  EXPECT_EQ(layers[0].undefined, 1);
  EXPECT_EQ(layers[0].mean->value, 0);
  EXPECT_EQ(layers[0].deviation, 0.5);
  EXPECT_EQ(layers[0].histogram[60], 1);  // [0.5, 0.525)
  EXPECT_EQ(layers[0].lowest, -0.5F);
  EXPECT_EQ(layers[1].undefined, 3);
  EXPECT_FALSE(layers[1].mean || layers[1].deviation || layers[1].lowest);
  header.shape.cosine = false;
  EXPECT_THAT(ErrorOf([&] { CosineAnalysis none(header, {}); }), HasSubstr("--trace_branches"));
}

TEST(CosineMatrix, HasNoCosineWithZero) {
  const std::vector<float> width = {1, 0, 0, 0}, depth = {0, 2, 3, 0};
  EXPECT_THAT(CosineMatrix(width, depth, 2), ElementsAre(0, 1, std::nullopt, std::nullopt));
}

TEST(QueryNodes, AreTheTokensAChoiceReads) {
  DocTrace doc = SmallDoc();
  EXPECT_THAT(QueryNodes(doc, 0), ElementsAre(0, 1, 2));
  EXPECT_THAT(QueryNodes(doc, 1), ElementsAre(0, 1, 2));
  EXPECT_THAT(ErrorOf([&] { QueryNodes(doc, 2); }), HasSubstr("choice 2"));
  const std::vector<float> matrix = {1, 2, 3, 4, 5, 6};
  EXPECT_THAT(SelectRows(matrix, std::vector<int32_t>{2, 0}, 2), ElementsAre(5, 6, 1, 2));
}

}  // namespace
}  // namespace vffn
