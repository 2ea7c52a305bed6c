#include "reports/cost/model_cost.h"

#include "base/error.h"
#include "flops/paper_formula.h"

namespace vffn {
namespace {

const Json& Member(const Json& json, const char* name, const std::string& origin) {
  VFFN_CHECK(json.is_object() && json.contains(name), origin, ": ", name,
             " is missing: not the results of a run that counted its work");
  return json[name];
}

int64_t Count(const Json& json, const char* name, const std::string& origin) {
  const Json& value = Member(json, name, origin);
  VFFN_CHECK(value.is_number_unsigned() && value.get<uint64_t>() <= INT64_MAX, origin, ": ", name, " is ",
             value.dump(), ", should be a count");
  return value.get<int64_t>();
}

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
  ModelCost cost{
      .name = std::move(name), .config = config, .parameters = CountParameters(config), .length = length};
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

ModelCost CostOfRun(std::string name, const Json& results, const std::string& origin) {
  const Json& ours = Member(results, "vffn", origin);
  const Json& scoring = Member(ours, "scoring", origin + ": vffn");
  const std::string where = origin + ": vffn.scoring";
  ModelCost cost{.name = std::move(name)};
  const std::string config_origin = origin + ": vffn.model.config";
  cost.config = ParseModelConfig(Member(Member(ours, "model", origin), "config", origin), config_origin);
  Validate(cost.config, config_origin);
  cost.parameters = CountParameters(cost.config);

  RunCost run{.docs = Count(scoring, "docs", where),
              .query_tokens = Count(scoring, "query_tokens", where),
              .size = {.tokens = Count(scoring, "trie_tokens", where),
                       .visible_pairs = Count(scoring, "visible_pairs", where),
                       .head_rows = Count(scoring, "head_rows", where)}};
  run.executed = ParseExecutedWork(Member(scoring, "executed", where), where + ".executed");
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
  run.layers = LayersOf(cost.config, run.exact, run.executed);
  cost.averages = AveragesOf(run.executed.decisions);
  cost.per_token = {PaperFfnFlops(cost.config, cost.averages), MeanOf(run.exact.total(), run.size.tokens),
                    MeanOf(run.executed.total(), run.size.tokens)};
  cost.run = std::move(run);
  return cost;
}

}  // namespace vffn
