#include "analysis/skills.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/difficulty.h"
#include "analysis/loops.h"
#include "tests/base/temporary_folder.h"
#include "tests/trace/random_trace.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// `tokens` tokens of one request, the loops of all of them in both layers.
DocTrace UniformDoc(const std::string& task, int64_t doc_id, int tokens, uint8_t loops) {
  DocTrace doc{.task = task, .doc_id = doc_id, .nodes_run = tokens};
  for (int32_t node = 0; node < tokens; ++node) {
    doc.tokens.push_back(node);
    doc.parents.push_back(node - 1);
    doc.positions.push_back(node);
    doc.choices.push_back(0);
    doc.readers.push_back(1);
    doc.scored.push_back(node + 1 == tokens ? 1 : 0);
    doc.log_probs.emplace_back();
  }
  doc.loop_counts.assign(static_cast<size_t>(2 * tokens), loops);
  doc.lambdas.assign(static_cast<size_t>(2 * tokens), 1.0F - static_cast<float>(loops) / 4);
  return doc;
}

std::string TaskItself(const std::string& task, int64_t) { return task; }

TEST(SkillAnalysis, CountsByHand) {
  SkillAnalysis analysis(RandomTraceHeader(2), {}, [](const std::string& task, int64_t doc_id) {
    return task == "math" ? "numbers" : doc_id == 0 ? "first" : "rest";
  });
  analysis.Add(UniformDoc("math", 0, 3, 4));
  analysis.Add(UniformDoc("math", 1, 1, 2));
  analysis.Add(UniformDoc("words", 0, 5, 1));
  analysis.Add(UniformDoc("words", 7, 5, 3));
  const std::vector<GroupLoops> groups = analysis.Groups();
  ASSERT_EQ(groups.size(), 3);
  EXPECT_EQ(groups[0].group, "first");
  EXPECT_EQ(groups[1].group, "numbers");
  EXPECT_THAT(groups[1].tasks, ElementsAre("math"));
  EXPECT_EQ(groups[1].docs, 2);
  EXPECT_EQ(groups[1].tokens, 4);
  EXPECT_DOUBLE_EQ(groups[1].mean_loops->value, (3 * 4 + 2) / 4.0);
  EXPECT_DOUBLE_EQ(groups[1].share_below_max->value, 1 / 4.0);
  EXPECT_DOUBLE_EQ(groups[1].lambda->value, (3 * 0 + 0.5) / 4);
  EXPECT_DOUBLE_EQ(groups[1].layers[1].loops->value, 3.5);
  // Deviations of the docs' sums from the mean: 3 (4 - 3.5) and 2 - 3.5.
  EXPECT_DOUBLE_EQ(*groups[1].mean_loops->standard_error, std::sqrt(2 * (1.5 * 1.5 + 1.5 * 1.5)) / 4);
  EXPECT_FALSE(groups[0].mean_loops->standard_error);  // one doc
  EXPECT_EQ(analysis.docs().size(), 4);
  EXPECT_EQ(analysis.docs()[3].mean_loops, 3);
}

// The two analyses must agree where they count the same, under every convention.
TEST(SkillAnalysis, AgreesWithTheLoopsOfAllDocs) {
  const TraceHeader header = RandomTraceHeader();
  for (size_t i = 0; i < kCountings.size(); ++i) {
    LoopAnalysis all(header);
    SkillAnalysis skills(header, kCountings[i], [](const std::string&, int64_t) { return "everything"; });
    for (int doc = 0; doc < 20; ++doc) {
      const DocTrace trace = RandomDocTrace(header.shape, "t", doc, 2 + doc % 5);
      all.Add(trace);
      skills.Add(trace);
    }
    const LoopCounts expected = all.Result()[i];
    const GroupLoops group = skills.Groups().at(0);
    EXPECT_EQ(group.tokens, expected.tokens);
    EXPECT_EQ(group.mean_loops, expected.mean_loops);
    EXPECT_EQ(group.share_below_max, expected.share_below_max);
    for (size_t layer = 0; layer < expected.layers.size(); ++layer) {
      EXPECT_EQ(group.layers[layer].loops, expected.layers[layer].mean);
    }
  }
}

TEST(SkillAnalysis, LeavesOutDocsWithoutCountedTokens) {
  SkillAnalysis analysis(RandomTraceHeader(2), {.part = Part::kContext}, TaskItself);
  analysis.Add(UniformDoc("t", 0, 1, 1));  // its only token is a continuation
  EXPECT_TRUE(analysis.Groups().empty());
  EXPECT_TRUE(analysis.docs().empty());
}

TEST(SkillAnalysis, RefusesAModelWithoutLoops) {
  TraceHeader header = RandomTraceHeader();
  header.config.ffn.kind = FfnKind::kMoe;
  header.shape = TraceShapeOf(header.config, false);
  EXPECT_THAT(ErrorOf([&] { SkillAnalysis(header, {}, TaskItself); }), HasSubstr("a MoE model"));
}

class Difficulty : public testing::Test {
 protected:
  /// Doc i of a task has `loops[i]` loops and is wrong if it has 3 or more; its loss is 10 - i.
  void Add(const std::string& task, const std::vector<double>& loops) {
    for (size_t i = 0; i < loops.size(); ++i) {
      docs_.push_back({.task = task, .doc_id = static_cast<int64_t>(i), .tokens = 5, .mean_loops = loops[i]});
      difficulties_[{task, static_cast<int64_t>(i)}] = {.correct = loops[i] < 3,
                                                        .loss = 10 - static_cast<double>(i)};
    }
  }

  std::vector<DocLoops> docs_;
  Difficulties difficulties_;
};

TEST_F(Difficulty, WithinTasks) {
  Add("a", {1, 1.5, 3, 3.5});
  Add("b", {2, 2, 2, 2});
  docs_.push_back({.task = "a", .doc_id = 99, .tokens = 1000, .mean_loops = 4});  // not in the ledger
  const DifficultyInTasks result = CompareWithinTasks(docs_, difficulties_, {.replicates = 0});
  ASSERT_EQ(result.tasks.size(), 2);
  const DifficultyWithin& a = result.tasks[0];
  EXPECT_EQ(a.wrong, 2);
  EXPECT_EQ(a.right, 2);
  EXPECT_DOUBLE_EQ(a.difference->value, 2);
  // Of two means of two docs 0.5 apart: 0.25 each. Student's t with 2 degrees of freedom.
  EXPECT_DOUBLE_EQ(*a.difference->standard_error, std::sqrt(0.125));
  EXPECT_NEAR(*a.p, 0.029857499854668124, 1e-12);
  EXPECT_NEAR(*a.adjusted_p, 2 * 0.029857499854668124, 1e-12);  // two tasks are tested
  EXPECT_EQ(a.loss.rho, -1);
  const DifficultyWithin& b = result.tasks[1];
  EXPECT_FALSE(b.wrong_loops || b.difference || b.p || b.loss.rho);
  EXPECT_EQ(b.right, 4);
  EXPECT_EQ(result.difference, a.difference);
  EXPECT_EQ(result.averaged, 1);
}

// One wrong doc gives a difference without an error, which must not take the error of the average.
TEST_F(Difficulty, AveragesWhatHasAnError) {
  Add("a", {1, 1.5, 3, 3.5});
  Add("b", {1, 2, 3.5});
  const DifficultyInTasks result = CompareWithinTasks(docs_, difficulties_, {.replicates = 0});
  EXPECT_TRUE(result.tasks[1].difference && !result.tasks[1].difference->standard_error);
  EXPECT_EQ(result.difference, result.tasks[0].difference);
  EXPECT_EQ(result.averaged, 1);
}

TEST_F(Difficulty, OfGroups) {
  Add("easy", {1, 2, 2});
  Add("hard", {3, 4, 3});
  Add("middle", {2, 3, 2});
  std::vector<GroupLoops> groups(3);
  const std::vector<double> means = {1.7, 3.3, 2.3};
  for (size_t i = 0; i < 3; ++i) {
    groups[i].group = std::vector<std::string>{"easy", "hard", "middle"}[i];
    groups[i].mean_loops = Estimate{means[i], 0.1};
  }
  const DifficultyOfGroups result = CompareGroups(groups, docs_, TaskItself, difficulties_, 0);
  EXPECT_EQ(result.groups[1].error_rate->value, 1);
  EXPECT_DOUBLE_EQ(result.groups[2].error_rate->value, 1.0 / 3);
  EXPECT_EQ(result.groups[0].loss->value, 9);
  EXPECT_EQ(result.error_rate.rho, 1);
  EXPECT_DOUBLE_EQ(*result.error_rate.p, 2.0 / 6);
  EXPECT_FALSE(result.loss.rho);  // equal in all groups
}

}  // namespace
}  // namespace vffn
