#include "eval/plan_share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "eval/token_trie.h"
#include "tests/eval/fake_run.h"
#include "tests/model/small_model.h"

namespace vffn {
namespace {

using testing::ElementsAre;

std::vector<int64_t> LoadsOf(const std::vector<int64_t>& costs, const std::vector<int>& rank_of, int ranks) {
  std::vector<int64_t> loads(static_cast<size_t>(ranks), 0);
  for (size_t i = 0; i < costs.size(); ++i) {
    loads.at(static_cast<size_t>(rank_of[i])) += costs[i];
  }
  return loads;
}

TEST(AssignRanks, GivesTheDearestPieceToTheRankWithTheLeast) {
  EXPECT_THAT(AssignRanks(std::vector<int64_t>{3, 7, 5, 2}, 2), ElementsAre(1, 0, 1, 0));
  EXPECT_THAT(AssignRanks(std::vector<int64_t>{4, 4, 4, 4, 4}, 3), ElementsAre(0, 1, 2, 0, 1));
  EXPECT_THAT(AssignRanks(std::vector<int64_t>{4, 5}, 1), ElementsAre(0, 0));
}

TEST(AssignRanks, GivesEachPieceToOneOfMoreRanksThanPieces) {
  EXPECT_THAT(AssignRanks(std::vector<int64_t>{3, 9}, 7), ElementsAre(1, 0));
  EXPECT_TRUE(AssignRanks({}, 7).empty());
}

// Sizes like those of the eight tasks: 20,000 docs of 20 to 400 tokens.
TEST(AssignRanks, SplitsWithinTwoPercentAmongUpToAThousandRanks) {
  std::mt19937 random(3);
  std::lognormal_distribution<double> length(4.6, 0.5);
  std::vector<int64_t> costs(20000);
  for (int64_t& cost : costs) {
    cost = std::clamp<int64_t>(static_cast<int64_t>(length(random)), 20, 400);
  }
  const double total = static_cast<double>(std::accumulate(costs.begin(), costs.end(), int64_t{0}));
  for (const int ranks : {2, 3, 7, 16, 100, 333, 1000}) {
    const std::vector<int64_t> loads = LoadsOf(costs, AssignRanks(costs, ranks), ranks);
    const double mean = total / ranks;
    EXPECT_LT(static_cast<double>(std::ranges::max(loads)), 1.02 * mean) << ranks;
    EXPECT_GT(static_cast<double>(std::ranges::min(loads)), 0.98 * mean) << ranks;
  }
}

TEST(DocCost, IsTheWorkThatScoringTheDocExpects) {
  const ModelConfig config = SmallModel();
  const RequestDoc doc = MakeTaskRun("piqa", 4, 3, 1838).requests[3];
  const DocCost cost(config);
  const WorkSize size = cost.SizeOf({&doc, 1});
  EXPECT_EQ(size.tokens, BuildTrie(doc).size());
  // Two tokens of context; continuations of 1, 2 and 3 tokens: the first tokens are predicted by one row.
  EXPECT_EQ(size.tokens, 2 + 0 + 1 + 2);
  EXPECT_EQ(size.head_rows, 1 + 0 + 1 + 2);
  EXPECT_EQ(cost.Of(doc), ExpectedWork(config, size, {}).total().total());
}

TEST(DocCost, TakesLoopCountsAsEquallyFrequentUnlessTheyAreForced) {
  ModelConfig config = SmallModel();
  config.ffn = {
      .kind = FfnKind::kVersatile, .n_experts = 4, .top_k = 2, .expert_hidden_size = 16, .max_loops = 3};
  const RequestDoc doc = MakeTaskRun("piqa", 1, 2, 1838).requests[0];
  const int64_t tokens = BuildTrie(doc).size();
  const WorkSize size = DocCost(config).SizeOf({&doc, 1});
  const auto flops = [&](const std::vector<int64_t>& histogram) {
    const std::vector<LayerDecisions> decisions(2, {.loop_histogram = histogram, .width_tokens = tokens});
    return ExpectedWork(config, size, decisions).total().total();
  };
  ASSERT_EQ(tokens, 3);
  EXPECT_EQ(DocCost(config).Of(doc), flops({1, 1, 1}));
  config.ffn.probes.loops = 1;
  EXPECT_EQ(DocCost(config).Of(doc), flops({3, 0, 0}));
}

TEST(PlanShare, SharesTogetherAreThePlan) {
  const EvaluationPlan whole = MakePlan();
  for (const int ranks : {2, 3, 7, 100}) {
    const std::vector<int> rank_of = AssignDocs(whole, SmallModel(), ranks);
    std::set<std::pair<std::string, int64_t>> docs;
    for (int rank = 0; rank < ranks; ++rank) {
      EvaluationPlan share = MakePlan();
      KeepDocsOf(rank, rank_of, share);
      for (const TaskRun& task : share.tasks) {
        ASSERT_FALSE(task.requests.empty());
        ASSERT_EQ(task.docs.size(), task.requests.size());
        for (size_t i = 0; i < task.requests.size(); ++i) {
          EXPECT_EQ(task.requests[i].doc_id, task.examples[i].doc_id);
          EXPECT_EQ(task.docs[i].at("id"), task.examples[i].doc_id);
          EXPECT_TRUE(i == 0 || task.requests[i - 1].doc_id < task.requests[i].doc_id);
          EXPECT_TRUE(docs.emplace(task.name, task.requests[i].doc_id).second);
        }
      }
    }
    EXPECT_EQ(docs.size(), 60U) << ranks;
  }
}

/// A task of `count` docs with the same 100 tokens of solved examples, and questions of 20 tokens.
TaskRun FewShotTask(const std::string& name, int count, TokenId first) {
  TaskRun run = MakeTaskRun(name, count, 2, count);
  for (RequestDoc& doc : run.requests) {
    for (size_t choice = 0; choice < doc.requests.size(); ++choice) {
      std::vector<TokenId>& context = doc.requests[choice].context;
      context.resize(120, static_cast<TokenId>(doc.doc_id));
      std::iota(context.begin(), context.begin() + 100, first);
      doc.requests[choice].continuation = {static_cast<TokenId>(choice), 1};
    }
  }
  return run;
}

TEST(PlanShare, DocsThatShareSolvedExamplesGoTogether) {
  EvaluationPlan plan = MakePlan();
  plan.tasks.clear();
  for (int t = 0; t < 40; ++t) {
    plan.tasks.push_back(FewShotTask("task" + std::to_string(t), 30, 1000 * t));
  }
  const DocCost cost(SmallModel());
  constexpr int kRanks = 4;
  const std::vector<int> rank_of = AssignDocs(plan, SmallModel(), kRanks);
  ASSERT_EQ(rank_of.size(), 40 * 30);
  std::vector<int64_t> loads(kRanks);
  int64_t tokens = 0;
  for (int rank = 0; rank < kRanks; ++rank) {
    EvaluationPlan share{.profile = plan.profile, .tasks = plan.tasks};
    KeepDocsOf(rank, rank_of, share);
    for (const TaskRun& task : share.tasks) {
      loads[rank] += cost.Of(task.requests);
      tokens += cost.SizeOf(task.requests).tokens;
    }
  }
  // 30 docs of 22 tokens and 100 shared ones a task. Spread evenly, every rank would read all examples.
  EXPECT_LE(tokens, 40 * (30 * 22 + 3 * 100));
  EXPECT_LT(std::ranges::max(loads), std::ranges::min(loads) * 33 / 32);
}

TEST(PlanHash, TellsTokensAndRanksApart) {
  const EvaluationPlan plan = MakePlan();
  const std::vector<int> two = AssignDocs(plan, SmallModel(), 2), three = AssignDocs(plan, SmallModel(), 3);
  const std::string hash = PlanHash(plan, two);
  EXPECT_EQ(PlanHash(MakePlan(), AssignDocs(MakePlan(), SmallModel(), 2)), hash);
  EXPECT_NE(PlanHash(plan, three), hash);
  EvaluationPlan other = MakePlan();
  ++other.tasks[1].requests[3].requests[0].continuation[0];
  EXPECT_NE(PlanHash(other, two), hash);
}

}  // namespace
}  // namespace vffn
