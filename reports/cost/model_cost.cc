#include "reports/cost/model_cost.h"

#include "base/error.h"
#include "flops/paper_formula.h"

namespace vffn {
namespace {

/// The paper's formula for one layer.
std::optional<double> PaperOfLayer(ModelConfig config, const std::optional<LoopAverages>& averages) {
  config.n_layers = 1;
  return PaperFfnFlops(config, averages);
}

std::vector<LayerCost> LayersOf(const ModelConfig& config, const ExecutedWork& exact,
                                const ExecutedWork& executed) {
  std::vector<LayerCost> layers;
  for (size_t i = 0; i < exact.layers.size(); ++i) {
    const auto averages = AveragesOf(std::span(executed.decisions).subspan(i, 1));
    layers.push_back({averages,
                      {PaperOfLayer(config, averages), MeanOf(exact.layers[i], exact.tokens),
                       MeanOf(executed.layers[i], executed.tokens)}});
  }
  return layers;
}

}  // namespace

ModelCost CostOf(std::string name, const ModelConfig& config, const std::optional<LoopAverages>& averages,
                 int64_t length) {
  VFFN_CHECK(length >= 1 && length <= config.max_sequence_length, name, ": a sequence of ", length,
             " tokens: the model takes 1 to ", config.max_sequence_length);
  ModelCost cost{.name = std::move(name),
                 .config = config,
                 .parameters = CountParameters(config),
                 .active = CountActiveParameters(config),
                 .length = length};
  const bool by_token = NeedsAverages(config.ffn);
  if (by_token && averages) {
    Validate(*averages, config.ffn.max_loops, cost.name);
    cost.averages = averages;
  }
  const auto ways = [&](const std::optional<LoopAverages>& of) {
    return CostWays{PaperFfnFlops(config, of), ExpectedFlopsPerToken(config, of, length), std::nullopt};
  };
  if (!by_token || averages) {
    cost.per_token = ways(averages);
  } else {
    const int64_t most = config.ffn.max_loops;
    cost.at_one_loop = ways(LoopAverages{1, most > 1 ? 1.0 : 0.0});
    cost.at_most_loops = ways(LoopAverages{static_cast<double>(most), 0});
  }
  return cost;
}

ModelCost CostOfRun(std::string name, const ResultsFile& results) {
  VFFN_CHECK(results.run.has_value(), results.origin, ": vffn is missing: not the results of a vffn run");
  const RunInfo& info = results.run->info;
  VFFN_CHECK(info.config, results.origin,
             ": the run has no results_*.json, which would tell its model and its work; 'vffn eval --resume' "
             "writes one");
  const ModelConfig& config = *info.config;
  const std::string where = results.origin + ": vffn.scoring";
  VFFN_CHECK(info.scoring.has_value(), where, ".executed is missing: the run did not count its work");
  const ScoringRecord& scoring = *info.scoring;
  ModelCost cost{.name = std::move(name),
                 .config = config,
                 .parameters = CountParameters(config),
                 .active = CountActiveParameters(config)};
  RunCost run{.docs = scoring.docs,
              .query_tokens = scoring.query_tokens,
              .size = {.tokens = scoring.trie_tokens,
                       .visible_pairs = scoring.visible_pairs,
                       .head_rows = scoring.head_rows,
                       .window_pairs = scoring.window_pairs.value_or(0)},
              .executed = scoring.executed};
  VFFN_CHECK(run.docs > 0 && run.size.tokens > 0 && run.query_tokens > 0, where,
             ": nothing was scored: the run found everything in its ledger");
  VFFN_CHECK(run.executed.tokens == run.size.tokens, where, ": ", run.executed.tokens,
             " tokens were executed, ", run.size.tokens, " trie tokens scored");
  try {
    run.exact = ExpectedWork(cost.config, run.size, run.executed.decisions);
  } catch (const Error& error) {
    Fail(where, ".executed: ", error.what());
  }
  VFFN_CHECK(run.executed.layers.size() == run.exact.layers.size(), where, ".executed: there are ",
             run.executed.layers.size(), " layers, the model has ", run.exact.layers.size());
  for (const LayerDecisions& decisions : run.executed.decisions) {
    run.reused.push_back(ReusedFlops(cost.config, decisions));
  }
  run.layers = LayersOf(cost.config, run.exact, run.executed);
  cost.averages = AveragesOf(run.executed.decisions);
  cost.per_token = {PaperFfnFlops(cost.config, cost.averages), MeanOf(run.exact.total(), run.size.tokens),
                    MeanOf(run.executed.total(), run.size.tokens)};
  cost.run = std::move(run);
  return cost;
}

}  // namespace vffn
