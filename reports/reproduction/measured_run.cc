#include "reports/reproduction/measured_run.h"

#include <algorithm>

#include "base/error.h"
#include "eval/metrics.h"
#include "eval/task_forms.h"
#include "model/parameters.h"
#include "runs/folders/run_folder.h"
#include "runs/folders/run_names.h"
#include "runs/scores/score_set.h"
#include "tasks/task.h"

namespace vffn {
namespace {

MeasuredTask MeasuredTaskOf(const TaskRecord& record, const std::string& origin) {
  MeasuredTask task{.task = record.name,
                    .split = record.split,
                    .metric = record.primary_metric,
                    .docs = record.docs.value_or(0),
                    .missing = record.missing};
  const std::string where = origin + ": vffn.tasks." + task.task + ".metrics." + task.metric;
  const MetricRecord* score = record.FindMetric(task.metric);
  VFFN_CHECK(score != nullptr && score->value, where, ".value is missing");
  task.score = {.value = *score->value, .standard_error = score->standard_error};
  task.centred = record.centred;
  task.percent = FactsOf(FindMetric(task.metric)).percent();
  const bool possible = !task.percent || (task.score.value >= 0 && task.score.value <= 1);
  VFFN_CHECK(task.docs > 0 && possible, where, ": a score of ", task.score.value, " on ", task.docs, " docs");
  return task;
}

/// The work of the process that finished the run; nothing if it found everything in the ledger.
std::optional<ModelCost> WorkOf(const ResultsFile& results, const std::string& name) {
  const std::optional<ScoringRecord>& scoring = results.run->info.scoring;
  return scoring && scoring->trie_tokens > 0 ? std::optional(CostOfRun(name, results)) : std::nullopt;
}

/// The name of a benchmark, of which `name` may be an alias; "" if it is none.
std::string BenchmarkName(const std::string& name) {
  const auto found = std::ranges::find_if(Tasks(), [&](const Task& task) {
    return task.facts.name == name || std::ranges::count(task.facts.aliases, name) > 0;
  });
  return found == Tasks().end() ? "" : std::string(found->facts.name);
}

/// Adds the better form of each task that was asked in two; the forms count no longer.
void AddBestForms(const std::vector<BestFormRecord>& forms, MeasuredRun& run) {
  for (const BestFormRecord& form : forms) {
    std::optional<MeasuredTask> best;
    for (MeasuredTask& task : run.tasks) {
      if (task.task == form.cloze || task.task == form.letters) {
        task.counted = false;
        if ((task.task == form.cloze) == (form.best == NameOf(Form::kCloze))) {
          best = task;
        }
      }
    }
    VFFN_CHECK(best.has_value(), run.source, ": vffn.best_of_both.", form.task,
               ": there are no scores of its ", form.best, " form");
    best->task = BestFormName(form.task);
    best->counted = true;
    best->better_form_of = BenchmarkName(form.task);
    run.tasks.push_back(*std::move(best));
  }
}

}  // namespace

const MeasuredTask* MeasuredRun::FindTask(std::string_view task) const {
  const auto found = std::ranges::find_if(tasks, [&](const MeasuredTask& measured) {
    return measured.task == task || (!task.empty() && measured.better_form_of == task);
  });
  return found == tasks.end() ? nullptr : &*found;
}

std::string MeasuredRun::Label() const { return ModelLabel(name, untrained); }

std::string LossRun::Label() const { return ModelLabel(name, untrained); }

std::optional<double> MeasuredRun::ExecutedFfnMegaflops() const {
  return cost && cost->per_token.executed ? std::optional(cost->per_token.executed->FfnTotal() / 1e6)
                                          : std::nullopt;
}

MeasuredRun MakeMeasuredRun(const ResultsFile& results, const RunNotes& notes) {
  VFFN_CHECK(results.run.has_value(), results.origin, ": vffn is missing: not the results of a vffn run");
  const RunInfo& info = results.run->info;
  MeasuredRun run{.model = results.model_name,
                  .source = results.origin,
                  .profile = results.run->profile,
                  .dtype = results.run->identity.dtype,
                  .untrained = notes.untrained || info.untrained,
                  .rows_named = notes.row.has_value(),
                  .config = info.config,
                  .centred = results.run->centred,
                  .loss = notes.loss};
  run.name = RunName(notes, results.model_name);
  if (run.config) {
    run.parameters = ParameterCount(*run.config);
    run.rows = RowsOf(*run.config);
  }
  if (notes.row) {
    run.rows = ParsePaperRows(*notes.row, results.origin + ", run.json: row");
  }
  VFFN_CHECK(!results.tasks.empty(), results.origin, ": vffn.tasks: there are no scores");
  for (const TaskRecord& task : results.tasks) {
    run.tasks.push_back(MeasuredTaskOf(task, results.origin));
  }
  AddBestForms(results.run->best_forms, run);
  run.cost = WorkOf(results, run.name);
  return run;
}

}  // namespace vffn
