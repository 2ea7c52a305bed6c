#include "reports/reproduction/report_figures.h"

#include <algorithm>

#include "analysis/distributions.h"
#include "analysis/printed_scores.h"
#include "reports/figures/pareto_figure.h"

namespace vffn {
namespace {

const ReproductionCell* FindCell(const Reproduction& reproduction, const PaperRow& row, const char* column) {
  for (const ReproductionCell& cell : reproduction.cells) {
    if (cell.row == row && cell.column == column) {
      return &cell;
    }
  }
  return nullptr;
}

/// Over the paper's tasks; absent if the run lacks one or was cut short in one.
std::optional<Estimate> AverageOf(const MeasuredRun& run, const std::vector<std::string>& tasks) {
  std::vector<Estimate> scores;
  for (const std::string& task : tasks) {
    const MeasuredTask* measured = run.FindTask(task);
    if (measured == nullptr || measured->missing > 0) {
      return std::nullopt;
    }
    scores.push_back(measured->score);
  }
  return AverageOf(std::span<const Estimate>(scores));
}

void AddMeasured(const MeasuredRun& run, const std::vector<std::string>& tasks, ParetoFigure& figure) {
  const auto average = AverageOf(run, tasks);
  const auto executed = run.ExecutedFfnMegaflops();
  if (!average || !executed || run.untrained) {
    return;
  }
  ParetoPoint point{.label = run.name,
                    .series = run.rows.empty() ? "ours" : run.rows.front().scale,
                    .flops = *executed * 1e6,
                    .accuracy = average->value};
  if (average->standard_error) {
    const double reach = NormalQuantile(0.975) * *average->standard_error;
    point.accuracy_interval = {std::max(0.0, average->value - reach), std::min(1.0, average->value + reach)};
  }
  if (run.traced && run.traced->standard_error) {
    const double quantile = StudentTwoSidedQuantile(0.05, static_cast<double>(run.traced->docs - 1));
    const double reach = quantile * *run.traced->standard_error;
    point.flops_interval = {std::max(1.0, point.flops - reach), point.flops + reach};
  }
  figure.points.push_back(std::move(point));
}

}  // namespace

std::vector<ParetoPoint> PublishedPoints(const Reproduction& reproduction) {
  std::vector<ParetoPoint> points;
  std::vector<PaperRow> seen;
  for (const ReproductionCell& cell : reproduction.cells) {
    if (cell.row.table != "2" || std::ranges::find(seen, cell.row) != seen.end()) {
      continue;
    }
    seen.push_back(cell.row);
    const ReproductionCell* flops = FindCell(reproduction, cell.row, "ffn_mflops");
    const ReproductionCell* average = FindCell(reproduction, cell.row, "average");
    const auto printed = [](const ReproductionCell* of) {
      return of != nullptr && of->published ? ParsePrinted(*of->published) : std::nullopt;
    };
    if (printed(flops) && printed(average)) {
      points.push_back({.label = cell.row.row,
                        .series = cell.row.scale,
                        .published = true,
                        .flops = printed(flops)->value() * 1e6,
                        .accuracy = printed(average)->fraction()});
    }
  }
  return points;
}

std::optional<Figure> AccuracyAgainstFlops(const Reproduction& reproduction) {
  ParetoFigure figure;
  figure.points = PublishedPoints(reproduction);
  const bool untrained = std::ranges::any_of(reproduction.runs, &MeasuredRun::untrained);
  for (const MeasuredRun& run : reproduction.runs) {
    AddMeasured(run, reproduction.tasks, figure);
  }
  if (figure.points.empty()) {
    return std::nullopt;
  }
  figure.caption =
      "Average accuracy over the eight tasks (unweighted) against FFN FLOPs per token. Hollow points: "
      "published, FLOPs by the paper's formula. Filled points: measured, executed FLOPs. Bars: 95 % "
      "intervals; for FLOPs only where a trace gives their standard error, clustered by document.";
  figure.caption += untrained ? " Untrained models are left out." : "";
  return MakeFigure(figure);
}

}  // namespace vffn
