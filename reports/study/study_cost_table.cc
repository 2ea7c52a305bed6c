#include <algorithm>
#include <limits>

#include "reports/study/study_columns.h"
#include "reports/study/study_tables.h"

namespace vffn {
namespace {

/// The cost of a whole training run.
struct TrainingCost {
  double tokens = 0, seconds = 0, flops = 0;
};

std::optional<TrainingCost> CostOf(const StudyRun& run) {
  if (!run.training) {
    return std::nullopt;
  }
  TrainingCost cost{.tokens = static_cast<double>(run.training->steps.back().tokens)};
  int64_t step = 0;
  for (const StepMetrics& metrics : run.training->steps) {
    const auto steps = static_cast<double>(metrics.step - step);
    cost.seconds += metrics.seconds * steps;
    cost.flops += metrics.flops * steps;
    step = metrics.step;
  }
  return cost;
}

std::optional<double> Of(const StudyRun& run, double TrainingCost::*part) {
  const std::optional<TrainingCost> cost = CostOf(run);
  return cost ? std::optional((*cost).*part) : std::nullopt;
}

/// The least cost of a method of the plan, mean over its seeds.
double LeastCost(const Study& study, const StudyTablePlan& plan, double TrainingCost::*part) {
  double least = std::numeric_limits<double>::max();
  for (const std::string& method : MethodsOf(study, plan)) {
    const auto cost = MeanOver(RunsOf(study, method), [&](const StudyRun& run) { return Of(run, part); });
    least = std::min(least, cost.value_or(least));
  }
  return least;
}

std::optional<double> LossWhen(const StudyRun& run, double CostPoint::*cost, double amount) {
  return run.training ? LossAt(CostCurve(*run.training), cost, amount) : std::nullopt;
}

}  // namespace

Table StudyCostTable(const Study& study, const StudyTablePlan& plan) {
  constexpr Style kMillions = {.unit = {.per = 1e6, .decimals = 2}};
  constexpr Style kTera = {.unit = {.per = 1e12, .decimals = 1}};
  Table table = StudyTable(plan, "cost", "loss at equal tokens, time and FLOPs",
                           {{"method", "method"},
                            {"tokens", "tokens (M)", kMillions},
                            {"seconds", "seconds", {.unit = {.decimals = 0}}},
                            {"training_flops", "training TFLOPs", kTera},
                            {"loss_at_equal_tokens", "at equal tokens", kStudyLoss},
                            {"loss_at_equal_seconds", "at equal time", kStudyLoss},
                            {"loss_at_equal_flops", "at equal FLOPs", kStudyLoss}});
  const double seconds = LeastCost(study, plan, &TrainingCost::seconds);
  const double flops = LeastCost(study, plan, &TrainingCost::flops);
  constexpr double kAll = std::numeric_limits<double>::max();
  for (const std::string& method : MethodsOf(study, plan)) {
    const auto runs = RunsOf(study, method);
    const auto mean = [&](auto&& value) { return MeanOver(runs, value); };
    const auto tokens = mean([](const StudyRun& run) { return Of(run, &TrainingCost::tokens); });
    if (!tokens) {
      continue;
    }
    const auto loss = [&](double CostPoint::*cost, double amount) {
      return mean([&](const StudyRun& run) { return LossWhen(run, cost, amount); });
    };
    table.AddRow("method", method, "tokens", tokens, "seconds",
                 mean([](const StudyRun& run) { return Of(run, &TrainingCost::seconds); }), "training_flops",
                 mean([](const StudyRun& run) { return Of(run, &TrainingCost::flops); }),
                 "loss_at_equal_tokens", loss(&CostPoint::seconds, kAll), "loss_at_equal_seconds",
                 loss(&CostPoint::seconds, seconds), "loss_at_equal_flops", loss(&CostPoint::flops, flops));
  }
  table.notes = {
      "Of this run alone: what a continued model cost before is left out. Mean over seeds.",
      "Losses are of the held-out sequences that are evaluated in training, fewer than in the other tables.",
      "At equal time (FLOPs): when the row with the least time (FLOPs) has ended, between two evaluations on "
      "a "
      "straight line. The learning rate of the other rows has not come to its end then, which makes them "
      "look "
      "worse than a schedule of that length would.",
      "Seconds are of this machine and of what else ran on it. FLOPs are those that were executed, forward "
      "and "
      "backward."};
  return table;
}

}  // namespace vffn
