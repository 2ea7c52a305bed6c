#include "reports/drawing/run_drawings.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/distributions.h"
#include "base/error.h"
#include "eval/rescore.h"
#include "reports/calibration/calibration_figures.h"
#include "reports/figures/pareto_figure.h"
#include "reports/figures/reliability_figure.h"
#include "reports/published/published_numbers.h"
#include "reports/reproduction/finished_run.h"
#include "reports/reproduction/report_figures.h"
#include "reports/reproduction/reproduction.h"
#include "reports/tables/number_text.h"
#include "runs/folders/run_names.h"
#include "runs/scores/recorded_run.h"

namespace vffn {
namespace {

/// Runs with a ledger, under their names.
struct LedgerRun {
  std::string label;
  Results results;
};

std::vector<LedgerRun> RescoredRuns(FigureRequest& request) {
  std::vector<RunSources> sources;
  std::vector<NamedFolder> folders;
  for (const std::filesystem::path& path : request.inputs) {
    std::vector<RunFolder> runs;
    if (std::filesystem::is_directory(path)) {
      runs = RunFolder::AllWithin(path);
    }
    std::vector<std::filesystem::path> named;
    if (runs.size() > 1) {
      std::ranges::transform(runs, std::back_inserter(named),
                             [](const RunFolder& run) { return run.path(); });
    } else {
      named.push_back(path);
    }
    for (const std::filesystem::path& one : named) {
      RunSources source = ReadRunSources(FindRun(one, RunContent::kScores));
      VFFN_CHECK(source.ledger.has_value(), one.string(),
                 ": there is no ledger with docs, which tells the confidence of every answer");
      const RunNotes notes = ReadRunNotes(source.folder().notes());
      const std::filesystem::path folder =
          std::filesystem::absolute(source.folder().path()).lexically_normal();
      folders.push_back({.name = notes.name.value_or(folder.filename().string()), .folder = folder});
      sources.push_back(std::move(source));
    }
  }
  const std::vector<std::string> names = DistinctNames(folders);
  std::vector<LedgerRun> runs;
  for (size_t i = 0; i < sources.size(); ++i) {
    const Profile& profile = ProfileOfRun(*sources[i].ledger, sources[i].results);
    runs.push_back({.label = ModelLabel(request.names.Of(names[i]), IsUntrained(sources[i])),
                    .results = Rescore(*sources[i].ledger, profile, request.calibration)});
  }
  return runs;
}

bool IsWanted(const std::vector<std::string>& tasks, const std::string& task) {
  return tasks.empty() || std::ranges::find(tasks, task) != tasks.end();
}

void CheckTasksThere(const std::vector<std::string>& tasks, const std::set<std::string>& there) {
  for (const std::string& task : tasks) {
    VFFN_CHECK(there.contains(task), "--tasks ", task, ": not every run has it; the tasks are ",
               JoinedText({there.begin(), there.end()}, ", "));
  }
}

/// Half of the width of a 95 % interval.
double NormalReach(double standard_error) { return NormalQuantile(0.975) * standard_error; }

ParetoPoint PointOf(const MeasuredRun& run, const std::vector<std::string>& tasks, const std::string& label) {
  std::vector<Estimate> scores;
  for (const std::string& task : tasks) {
    const MeasuredTask& measured = *run.FindTask(task);
    VFFN_CHECK(measured.missing == 0, run.source, ": ", measured.missing, " docs of ", task,
               " are not scored; vffn eval --resume completes the run");
    scores.push_back(measured.score);
  }
  const Estimate average = AverageOf(std::span<const Estimate>(scores));
  const auto executed = run.ExecutedFfnMegaflops();
  VFFN_CHECK(executed.has_value(), run.source, ": the results of ", run.name,
             " have no FLOPs: the process that finished the run found all scores in its ledger");
  ParetoPoint point{.label = label,
                    .series = run.rows.empty() ? "ours" : run.rows.front().scale,
                    .flops = *executed * 1e6,
                    .accuracy = average.value};
  if (average.standard_error) {
    const double reach = NormalReach(*average.standard_error);
    point.accuracy_interval = {std::max(0.0, average.value - reach), std::min(1.0, average.value + reach)};
  }
  if (run.traced && run.traced->standard_error) {
    const double quantile = StudentTwoSidedQuantile(0.05, static_cast<double>(run.traced->docs - 1));
    const double reach = quantile * *run.traced->standard_error;
    point.flops_interval = {std::max(1.0, point.flops - reach), point.flops + reach};
  }
  return point;
}

/// The tasks that every run has an accuracy of, by name.
std::vector<std::string> CommonTasks(std::span<const FinishedRun> runs,
                                     const std::vector<std::string>& named) {
  std::set<std::string> common;
  for (const FinishedRun& run : runs) {
    std::set<std::string> tasks;
    for (const MeasuredTask& task : run.measured.tasks) {
      if (task.percent && task.counted && (&run == &runs.front() || common.contains(task.task))) {
        tasks.insert(task.task);
      }
    }
    common = std::move(tasks);
  }
  CheckTasksThere(named, common);
  VFFN_CHECK(!common.empty(), "the runs have no task with an accuracy in common");
  return named.empty() ? std::vector<std::string>(common.begin(), common.end()) : named;
}

/// The published models, if their average is over these tasks.
std::vector<ParetoPoint> PublishedFor(const std::vector<std::string>& tasks) {
  const Reproduction reproduction = Reproduce({}, PublishedNumbers(), {});
  const std::set<std::string> ours(tasks.begin(), tasks.end());
  const std::set<std::string> paper(reproduction.tasks.begin(), reproduction.tasks.end());
  VFFN_CHECK(ours == paper, "--published: the published averages are over ",
             JoinedText({paper.begin(), paper.end()}, ", "), "; those of the runs are over ",
             JoinedText({ours.begin(), ours.end()}, ", "));
  return PublishedPoints(reproduction);
}

}  // namespace

PreparedFigure PrepareReliability(FigureRequest& request) {
  const std::vector<LedgerRun> runs = RescoredRuns(request);
  ReliabilityFigure figure{.name = "reliability", .title = runs.size() == 1 ? runs[0].label : ""};
  std::set<std::string> there;
  std::vector<std::string> captions, facts;
  int64_t questions = 0;
  for (const LedgerRun& run : runs) {
    for (const TaskResults& task : run.results.tasks) {
      there.insert(task.task.name);
      const Metric metric = request.metric.empty() ? task.primary : FindMetric(request.metric);
      const auto found = std::ranges::find(task.calibrations, metric, &MetricCalibration::metric);
      if (found == task.calibrations.end() || !IsWanted(request.tasks, task.task.name)) {
        continue;
      }
      const std::string name = request.names.Of(task.task.name);
      figure.panels.push_back(
          ReliabilityPanelOf(runs.size() == 1 ? name : run.label + ", " + name, found->calibration));
      captions.push_back(ReliabilityCaption(run.label, metric, found->calibration.options));
      facts.push_back(run.label + ", " + name + " (" + std::string(FactsOf(metric).name) +
                      "): " + GroupedText(task.docs) + " questions, expected calibration error " +
                      FixedText(found->calibration.error, 3) + ".");
      questions += task.docs;
    }
  }
  CheckTasksThere(request.tasks, there);
  VFFN_CHECK(!figure.panels.empty(), "no task has a calibration",
             request.metric.empty() ? ": it takes an accuracy over two choices or more"
                                    : " under " + request.metric);
  std::vector<std::string> distinct;
  std::ranges::unique_copy(captions, std::back_inserter(distinct));
  figure.caption = JoinedText(distinct, " ");
  figure.note = GroupedText(questions) + (runs.size() == 1 ? " questions" : " answers") + " in " +
                std::to_string(figure.panels.size()) + " panels; bars: 95 % intervals";
  return {.draw = [figure](const FigureStyle& style) { return MakeFigure(figure, style); }, .facts = facts};
}

PreparedFigure PreparePareto(FigureRequest& request) {
  const std::vector<FinishedRun> runs = ReadReportRuns(request.inputs).scored;
  VFFN_CHECK(!runs.empty(), "pareto: there are no scored runs");
  const std::vector<std::string> tasks = CommonTasks(runs, request.tasks);
  ParetoFigure figure;
  if (request.published) {
    figure.points = PublishedFor(tasks);
  }
  std::vector<std::string> facts;
  for (const FinishedRun& run : runs) {
    const std::string label = ModelLabel(request.names.Of(run.measured.name), run.measured.untrained);
    const ParetoPoint& point = figure.points.emplace_back(PointOf(run.measured, tasks, label));
    facts.push_back(label + ": " + FixedText(100 * point.accuracy, 2) + " % at " +
                    FormatText("%.4g", point.flops / 1e6) + " million FLOPs.");
  }
  std::vector<std::string> renamed;
  std::ranges::transform(tasks, std::back_inserter(renamed),
                         [&](const std::string& task) { return request.names.Of(task); });
  const std::string listed = JoinedText(renamed, ", ");
  figure.y_title = tasks.size() == 1 ? "accuracy (%)" : "average accuracy (%)";
  figure.note = tasks.size() > 3 ? std::to_string(tasks.size()) + " tasks" : listed;
  figure.caption =
      (tasks.size() == 1 ? "Accuracy in " + listed : "Average accuracy over " + listed + " (unweighted)") +
      " against FFN FLOPs per token. " +
      (request.published ? "Hollow points: published, FLOPs by the paper's formula. " : "") +
      "Filled points: measured, executed FLOPs over all tokens of the run. Bars: 95 % intervals; for "
      "FLOPs only where a trace gives their standard error, clustered by document.";
  return {.draw = [figure](const FigureStyle& style) { return MakeFigure(figure, style); }, .facts = facts};
}

}  // namespace vffn
