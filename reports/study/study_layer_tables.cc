#include <algorithm>
#include <numeric>

#include "reports/study/study_columns.h"
#include "reports/study/study_tables.h"

namespace vffn {
namespace {

std::optional<double> MeanLoopsOf(const std::vector<double>& shares) {
  double mean = 0;
  for (size_t i = 0; i < shares.size(); ++i) {
    mean += static_cast<double>(i + 1) * shares[i];
  }
  return shares.empty() ? std::nullopt : std::optional(mean);
}

/// The share of the most frequent loop count: 1 if all tokens have the same.
std::optional<double> LargestShare(const std::vector<double>& shares) {
  return shares.empty() ? std::nullopt : std::optional(*std::ranges::max_element(shares));
}

/// The layers of a run: of its last steps, and as it was scored. Either may be missing.
void AddLayers(const StudyRun& run, Table& table) {
  const std::vector<LayerMetrics> trained =
      run.training ? Summarize(*run.training).layers : std::vector<LayerMetrics>();
  const size_t layers = std::max(trained.size(), run.layers.size());
  for (size_t i = 0; i < layers; ++i) {
    const LayerMetrics drawn = i < trained.size() ? trained[i] : LayerMetrics();
    const StudyLayer scored = i < run.layers.size() ? run.layers[i] : StudyLayer();
    if (drawn.loop_shares.empty() && drawn.expert_load.empty() && scored.loop_shares.empty() &&
        !scored.heaviest_expert) {
      continue;
    }
    table.AddRow("run", run.name, "layer", i, "loops", MeanLoopsOf(scored.loop_shares), "largest_share",
                 LargestShare(scored.loop_shares), "loops_drawn", drawn.mean_loops, "largest_share_drawn",
                 LargestShare(drawn.loop_shares), "lambda_drawn", drawn.mean_lambda, "heaviest_expert",
                 scored.heaviest_expert, "heaviest_expert_trained", HeaviestExpert(drawn));
  }
}

}  // namespace

Table StudyLayerTable(const Study& study, const StudyTablePlan& plan) {
  constexpr Style kShare = {.unit = {.scale = 100, .decimals = 1}};
  Table table = StudyTable(plan, "layers", "loops, lambda and experts",
                           {{"run", "run"},
                            {"layer", "layer", {}},
                            {"loops", "mean loops", kNumber},
                            {"largest_share", "one count (%)", kShare},
                            {"loops_drawn", "mean drawn", kNumber},
                            {"largest_share_drawn", "one count drawn (%)", kShare},
                            {"lambda_drawn", "lambda drawn", Decimals(3)},
                            {"heaviest_expert", "heaviest expert", kNumber},
                            {"heaviest_expert_trained", "heaviest in training", kNumber}});
  for (const std::string& method : MethodsOf(study, plan)) {
    for (const StudyRun* run : RunsOf(study, method)) {
      AddLayers(*run, table);
    }
  }
  table.notes = {
      "Mean loops and heaviest expert: as the model was scored, with the most probable loop count. Drawn: in "
      "the "
      "last steps of training, where counts are sampled.",
      "One count: the share of tokens with the most frequent loop count. 100 %: the loops of the layer have "
      "collapsed to one value.",
      "Heaviest expert: its load over the mean load; 1 is balanced."};
  return table;
}

Table StudyControlTable(const Study& study, const StudyTablePlan& plan) {
  std::vector<Column> columns = {{"method", "method"}, {"control", "control"}, {"seeds", "seeds", {}}};
  Extend(columns, DifferenceColumns("loss minus uncontrolled", "documents"));
  Table table = StudyTable(plan, "controls", "controls", columns);
  for (const std::string& method : MethodsOf(study, plan)) {
    std::vector<std::string> controls;
    for (const StudyRun* run : RunsOf(study, method)) {
      for (const auto& [name, losses] : run->controls) {
        if (std::ranges::count(controls, name) == 0) {
          controls.push_back(name);
        }
      }
    }
    for (const std::string& control : controls) {
      const auto difference = ControlDifference(study, method, control, LossUnit::kNatsPerToken);
      Row row = MakeRow("method", method, "control", control, "seeds",
                        difference ? difference->seeds.size() : size_t{0});
      Extend(row, DifferenceCells(difference));
      table.AddRow(row);
    }
  }
  table.notes = {
      "The same trained model on the same documents, nats a token. shuffle_loops: the loop counts of a "
      "window's "
      "tokens are permuted. loops=N: every token takes N. sample_loops: counts are drawn as in training. "
      "branches: one branch alone."};
  return table;
}

}  // namespace vffn
