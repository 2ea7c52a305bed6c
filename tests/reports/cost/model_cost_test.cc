#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/json.h"
#include "flops/paper_models.h"
#include "reports/cost/model_cost_table.h"
#include "reports/tables/csv.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

ModelConfig Versatile() { return PaperModels()[5].config; }

/// The results of a run of 2 docs: 10 tokens of which, in every layer, 4 loop once and 6 four times.
ResultsFile RunOf(const ModelConfig& config) {
  const std::vector<LayerDecisions> decisions(config.n_layers, config.ffn.kind == FfnKind::kVersatile
                                                                   ? LayerDecisions{{4, 0, 0, 6}, 4}
                                                                   : LayerDecisions{});
  ResultsFile results{.origin = "r.json", .run = RunRecord()};
  results.run->info.config = config;
  results.run->info.scoring = ScoringRecord{.docs = 2,
                                            .query_tokens = 16,
                                            .trie_tokens = 10,
                                            .head_rows = 3,
                                            .visible_pairs = 40,
                                            .executed = ExpectedWork(config, {10, 40, 3}, decisions)};
  return results;
}

TEST(ModelCost, FromAConfigurationAlone) {
  const ModelCost dense = CostOf("base", PaperModels()[0].config, std::nullopt, 3);
  EXPECT_EQ(dense.per_token.paper_ffn, 377487360.0);
  EXPECT_EQ(dense.per_token.exact->FfnTotal(), 377487360.0);
  EXPECT_EQ((*dense.per_token.exact)[Work::kAttention], 15 * 4 * 1024 * 2.0);  // 1, 2 and 3 visible
  EXPECT_FALSE(dense.per_token.executed || dense.run || dense.at_one_loop);

  const ModelCost open = CostOf("open", Versatile(), std::nullopt, 3);
  EXPECT_FALSE(open.per_token.paper_ffn || open.per_token.exact);
  EXPECT_EQ(open.at_one_loop->exact->FfnTotal(), 471859200.0);
  EXPECT_EQ(open.at_most_loops->exact->FfnTotal(), 1509949440.0);

  const ModelCost assumed = CostOf("assumed", Versatile(), LoopAverages{3.1, 0.7}, 3);
  EXPECT_DOUBLE_EQ(*assumed.per_token.paper_ffn, 3.1 * 377487360 + 0.7 * 94371840);
  EXPECT_DOUBLE_EQ(assumed.per_token.exact->FfnTotal(), *assumed.per_token.paper_ffn);
  EXPECT_THAT(MessageOf([] {
                CostOf("x", Versatile(), LoopAverages{3.9, 0.7}, 3);
              }),
              HasSubstr("impossible"));
  EXPECT_THAT(MessageOf([] { CostOf("x", Versatile(), std::nullopt, 5000); }), HasSubstr("4096"));
}

TEST(ModelCost, OfARun) {
  const ModelCost cost = CostOfRun("run", RunOf(Versatile()));
  ASSERT_TRUE(cost.run && cost.averages);
  EXPECT_DOUBLE_EQ(cost.averages->mean_loops, 2.8);
  EXPECT_DOUBLE_EQ(cost.averages->share_below_max, 0.4);
  EXPECT_DOUBLE_EQ(*cost.per_token.paper_ffn, 2.8 * 377487360 + 0.4 * 94371840);
  EXPECT_DOUBLE_EQ(cost.per_token.executed->FfnTotal(), *cost.per_token.paper_ffn);
  ASSERT_EQ(cost.run->layers.size(), 15U);
  EXPECT_DOUBLE_EQ(*cost.run->layers[7].per_token.paper_ffn, *cost.per_token.paper_ffn / 15);

  const std::string text = ModelCostTables({cost}, TableFormat::kConsole);
  EXPECT_THAT(text, AllOf(HasSubstr("executed equals exact"), HasSubstr("N_mean 2.8000, P 0.4000"),
                          HasSubstr("10 in 2 docs, logits at 3"), HasSubstr("doc: formula")));
}

TEST(ModelCost, SaysWhereARunDiffers) {
  ResultsFile results = RunOf(PaperModels()[1].config);
  results.run->info.scoring->executed.layers[3][Work::kExperts] += 1000;
  const ModelCost cost = CostOfRun("run", results);
  const std::string text = ModelCostTables({cost}, TableFormat::kConsole);
  EXPECT_THAT(text, HasSubstr("EXECUTED DIFFERS FROM EXACT: layer 3 experts by 1,000 FLOPs\n"));
  EXPECT_FALSE(ModelCostJson({cost})[0]["run"]["executed_equals_exact"].get<bool>());
}

TEST(ModelCost, SaysWhatARunReused) {
  ResultsFile results = RunOf(Versatile());
  ExecutedWork& executed = results.run->info.scoring->executed;
  for (size_t layer = 0; layer < executed.layers.size(); ++layer) {
    executed.decisions[layer].reused_tokens = 4;
    executed.layers[layer][Work::kExperts] -= 4 * 2 * (2 * 2 * 1024 * 512);  // 2 experts, 2 products of 3
  }
  const ModelCost cost = CostOfRun("run", results);
  EXPECT_THAT(ModelCostTables({cost}, TableFormat::kConsole),
              AllOf(HasSubstr("reused: 251,658,240 FLOPs of experts did not run"),
                    HasSubstr("executed equals exact less reused, in every layer")));
  const OrderedJson json = ModelCostJson({cost})[0]["run"];
  EXPECT_FALSE(json["executed_equals_exact"].get<bool>());
  EXPECT_EQ(json["reused_flops"].get<int64_t>(), 251658240);
  EXPECT_LT(cost.per_token.executed->FfnTotal(), *cost.per_token.paper_ffn);

  executed.layers[2][Work::kExperts] += 7;
  EXPECT_THAT(ModelCostTables({CostOfRun("run", results)}, TableFormat::kConsole),
              HasSubstr("EXECUTED DIFFERS FROM EXACT LESS REUSED: layer 2 experts by 7 FLOPs"));
  executed.decisions[1].reused_tokens = 5;  // the width branch ran for 4
  EXPECT_THAT(MessageOf([&] { CostOfRun("run", results); }), HasSubstr("layer 1: 5 tokens reused"));
}

TEST(ModelCost, RefusesResultsThatContradictThemselves) {
  const auto message = [](const std::function<void(ScoringRecord&)>& spoil) {
    ResultsFile results = RunOf(Versatile());
    spoil(*results.run->info.scoring);
    return MessageOf([&] { CostOfRun("run", results); });
  };
  EXPECT_EQ(message([](ScoringRecord&) {}), "");
  EXPECT_THAT(message([](ScoringRecord& s) { s.docs = 0; }), HasSubstr("ledger"));
  EXPECT_THAT(message([](ScoringRecord& s) { s.trie_tokens = 11; }),
              HasSubstr("10 tokens were executed, 11 trie tokens"));
  EXPECT_THAT(message([](ScoringRecord& s) { s.executed.decisions[2].loop_histogram[0] = 5; }),
              HasSubstr("r.json: vffn.scoring.executed: layer 2"));
  ResultsFile results = RunOf(Versatile());
  results.run->info.scoring.reset();
  EXPECT_THAT(MessageOf([&] { CostOfRun("run", results); }),
              HasSubstr("r.json: vffn.scoring.executed is missing"));
  results.run.reset();
  EXPECT_THAT(MessageOf([&] { CostOfRun("run", results); }), HasSubstr("r.json: vffn is missing"));
}

TEST(ModelCostTables, SayWhatNeedsARun) {
  const std::string text =
      ModelCostTables({CostOf("open", Versatile(), std::nullopt, 4096)}, TableFormat::kConsole);
  EXPECT_THAT(text, AllOf(HasSubstr("open (versatile)"), HasSubstr("354,896,896"), HasSubstr("--mean_loops"),
                          HasSubstr("need a run"), HasSubstr("token, 1 loop: formula"),
                          HasSubstr("token, 4 loops: formula")));
  const ModelCost base = CostOf("base", PaperModels()[0].config, std::nullopt, 4096);
  EXPECT_THAT(ModelCostTables({base}, TableFormat::kMarkdown),
              AllOf(HasSubstr("### base (dense)"), HasSubstr("| ffn "), HasSubstr("377.487"),
                    Not(HasSubstr("--mean_loops"))));
  ModelConfig width = Versatile();
  width.ffn.probes.branches = Branches::kWidth;
  EXPECT_THAT(ModelCostTables({CostOf("width", width, std::nullopt, 4096)}, TableFormat::kConsole),
              HasSubstr("no formula"));
}

/// Mixtral 8x7B.
ModelConfig Mixtral() {
  ModelConfig config{.d_model = 4096,
                     .n_layers = 32,
                     .n_heads = 32,
                     .n_kv_heads = 8,
                     .head_size = 128,
                     .vocab_size = 32000,
                     .max_sequence_length = 32768};
  config.ffn = {.kind = FfnKind::kSparseMoe, .n_experts = 8, .top_k = 2, .expert_hidden_size = 14336};
  return config;
}

TEST(ModelCostTables, ShowActiveParametersOfAMixtureOfExperts) {
  const ModelCost sparse = CostOf("mixtral", Mixtral(), std::nullopt, 4096);
  const ModelCost dense = CostOf("base", PaperModels()[0].config, std::nullopt, 4096);
  EXPECT_EQ(sparse.per_token.paper_ffn, 32 * 2 * 3 * 4096.0 * 14336 * 2);
  EXPECT_EQ(sparse.per_token.exact->FfnTotal(), *sparse.per_token.paper_ffn);
  EXPECT_EQ((*sparse.per_token.exact)[Work::kFfn], 0);
  EXPECT_THAT(ModelCostTables({sparse}, TableFormat::kConsole),
              AllOf(HasSubstr("mixtral (sparse_moe)"), HasSubstr("46,702,792,704"),
                    HasSubstr("12,879,925,248"), HasSubstr("2 of the 8 experts")));
  EXPECT_THAT(ModelCostTables({dense}, TableFormat::kConsole), Not(HasSubstr("active")));
  EXPECT_THAT(ModelCostTables({dense, sparse}, TableFormat::kMarkdown), HasSubstr("12,879,925,248"));
  EXPECT_EQ(ModelCostJson({sparse})[0]["parameters"]["active"], 12879925248);
  EXPECT_THAT(ModelCostTables({sparse}, TableFormat::kCsv), HasSubstr("active,,12879925248"));
}

TEST(ModelCost, CountsWhatAWindowShows) {
  ModelConfig config = PaperModels()[0].config;
  config.window = 2;
  config.full_attention_layers = {0, 1, 2};
  const ModelCost cost = CostOf("window", config, std::nullopt, 4);
  // Of 4 tokens, a window of 2 shows 1, 2, 2, 2; without it, 1, 2, 3, 4.
  EXPECT_DOUBLE_EQ((*cost.per_token.exact)[Work::kAttention], 4 * 1024 * (3 * 2.5 + 12 * 1.75));
  EXPECT_THAT(ModelCostTables({cost}, TableFormat::kConsole),
              HasSubstr("2.5 tokens on average (itself included); 1.75 in layers with a window of 2"));
  ResultsFile results = RunOf(config);
  results.run->info.scoring->window_pairs = 17;
  results.run->info.scoring->executed = ExpectedWork(config, {10, 40, 3, 17}, {});
  EXPECT_EQ(results.run->info.scoring->executed.layers[0][Work::kAttention], 40 * 4 * 1024);
  EXPECT_EQ(results.run->info.scoring->executed.layers[3][Work::kAttention], 17 * 4 * 1024);
  const ModelCost of_run = CostOfRun("run", results);
  EXPECT_EQ(of_run.run->executed, of_run.run->exact);
  EXPECT_EQ(ModelCostJson({of_run})[0]["run"]["window_pairs"], 17);
}

TEST(ModelCostTables, AreData) {
  const std::vector<ModelCost> costs = {CostOf("open", Versatile(), std::nullopt, 4096),
                                        CostOfRun("run, too", RunOf(Versatile()))};
  const CsvTable csv = ParseCsv(ModelCostTables(costs, TableFormat::kCsv), "csv");
  bool found = false;
  for (const std::vector<std::string>& row : csv.rows) {
    if (row[0] == "run, too" && row[1] == "flops_per_token" && row[2] == "all" && row[3] == "ffn_total") {
      EXPECT_EQ(row[5], row[6]);
      EXPECT_DOUBLE_EQ(std::stod(row[4]), std::stod(row[5]));
      found = true;
    }
  }
  EXPECT_TRUE(found);
  const OrderedJson json = ModelCostJson(costs);
  EXPECT_EQ(json[0]["parameters"]["total"], 354896896);
  EXPECT_EQ(json[0]["flops_per_token"]["exact"], nullptr);
  EXPECT_EQ(json[0]["flops_per_token_at_one_loop"]["paper_ffn_total"], 471859200.0);
  EXPECT_EQ(json[1]["run"]["trie_tokens"], 10);
  EXPECT_TRUE(json[1]["run"]["executed_equals_exact"].get<bool>());
}

}  // namespace
}  // namespace vffn
