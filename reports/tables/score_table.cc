#include "reports/tables/score_table.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "analysis/wilson.h"
#include "base/wrapped_list.h"
#include "reports/tables/accuracy_cells.h"
#include "tasks/task.h"

namespace vffn {
namespace {

constexpr Style kErrorPercent = {.unit = {.scale = 100}, .before = "± "};
constexpr Unit kLossUnit = {.decimals = 4};

const Unit& UnitOf(Metric metric) { return FactsOf(metric).percent() ? kPercent.unit : kLossUnit; }

/// Blank where there is none.
Cell CentredCell(const std::optional<Estimate>& centred) { return centred ? Cell(centred->value) : Cell(); }
Cell CentredError(const std::optional<Estimate>& centred) { return centred ? ErrorCell(*centred) : Cell(); }

/// An interval for accuracies that do not vary.
Cell ErrorOf(const Estimate& score, Metric metric, int64_t docs) {
  return FactsOf(metric).percent() ? AccuracyErrorCell(score, docs) : ErrorCell(score).In(kLossUnit);
}

bool HasInterval(const MetricScore& score, int64_t docs) {
  return score.estimate && FactsOf(score.metric).percent() && IntervalWithoutVariation(*score.estimate, docs);
}

void AddTask(const std::string& name, const std::string& metric, const TaskResults& task, Table& table) {
  const Estimate& score = task.Score(task.primary);
  const Unit& unit = UnitOf(task.primary);
  table.AddRow("task", name, "split", task.task.split, "shots", task.task.shots, "docs", task.docs, "metric",
               metric, "score", Cell(score.value).In(unit), "stderr", ErrorOf(score, task.primary, task.docs),
               "chance", task.chance ? Cell(*task.chance) : Cell(), "centred", CentredCell(task.centred),
               "centred_stderr", CentredError(task.centred));
}

void AddAverages(const Results& results, Table& table) {
  int64_t docs = 0;
  std::map<Metric, int64_t> docs_of_losses;
  for (const size_t place : results.Counted()) {
    const TaskResults& task = results.tasks[place];
    (FactsOf(task.primary).percent() ? docs : docs_of_losses[task.primary]) += task.docs;
  }
  if (const auto& average = results.average) {
    const std::optional<CentredAverage>& centred = results.centred;
    table.AddRow("task", results.loss_averages.empty() ? "average" : "average of accuracies", "docs", docs,
                 "score", average->value, "stderr", ErrorCell(*average), "chance", results.average_chance,
                 "centred", centred ? Cell(centred->estimate.value) : Cell(), "centred_stderr",
                 centred ? ErrorCell(centred->estimate) : Cell());
  }
  for (const auto& [metric, estimate, tasks] : results.loss_averages) {
    table.AddRow("task", "average of " + std::to_string(tasks) + (tasks == 1 ? " loss" : " losses"), "docs",
                 docs_of_losses[metric], "metric", FactsOf(metric).name, "score",
                 Cell(estimate.value).In(kLossUnit), "stderr", ErrorCell(estimate).In(kLossUnit));
  }
}

/// Of a few tasks in full, of more in one list.
void AddTruncations(const Results& results, std::vector<std::string>& notes) {
  constexpr size_t kFew = 3;
  std::vector<std::string> whole, brief;
  for (const TaskResults& task : results.tasks) {
    const Truncation& cut = task.truncation;
    if (cut.requests > 0) {
      const std::string docs = std::to_string(cut.docs);
      whole.push_back(task.task.name + ": contexts cut from the left: " + std::to_string(cut.requests) +
                      ", in docs: " + docs + ", tokens cut: " + std::to_string(cut.tokens));
      brief.push_back(task.task.name + " " + docs);
    }
  }
  if (whole.size() <= kFew) {
    notes.insert(notes.end(), whole.begin(), whole.end());
  } else {
    notes.push_back(WrappedList("docs whose contexts were cut from the left", brief));
  }
}

std::vector<std::string> MakeNotes(const Results& results) {
  std::vector<std::string> notes = {"profile " + std::string(results.profile->name) + ": " +
                                    std::string(results.profile->description)};
  std::set<Metric> explained;
  for (const TaskResults& task : results.tasks) {
    if (explained.insert(task.primary).second) {
      notes.push_back(std::string(FactsOf(task.primary).name) + ": " +
                      FormulaOf(task.primary, results.profile->length_rule));
    }
  }
  if (!results.best_forms.empty()) {
    notes.push_back(
        "best of both: the higher score of cloze (rc) and letters (mc), with the error of that form; the "
        "average is of these. The greater of two noisy numbers is biased upwards");
  }
  const auto has_interval = [](const TaskResults& task) {
    return HasInterval({task.primary, task.Score(task.primary)}, task.docs);
  };
  if (std::ranges::any_of(results.tasks, has_interval)) {
    notes.push_back(WilsonNote());
  }
  if (results.centred) {
    notes.push_back("centred: (score - chance) / (1 - chance) of accuracies");
  }
  AddTruncations(results, notes);
  for (const TaskResults& task : results.tasks) {
    if (const auto note = SizeNote(task.task.name, task.task.data_set_size)) {
      notes.push_back(*note);
    }
    if (task.missing > 0) {
      notes.push_back(task.task.name + ": INCOMPLETE, docs missing: " + std::to_string(task.missing) +
                      "; those scored so far are no fair sample");
    }
  }
  return notes;
}

const char* RoleOf(const TaskResults& task, Metric metric) {
  const bool reported = std::ranges::find(task.reported, metric) != task.reported.end();
  return metric == task.primary ? "primary" : reported ? "reported" : "";
}

}  // namespace

Table ScoreTable(const Results& results) {
  // A table has room for one of the two: tasks with shots have their split in their names, or only one.
  const bool shots =
      std::ranges::any_of(results.tasks, [](const TaskResults& task) { return task.task.shots > 0; });
  Table table("scores", {{"task", "task"},
                         {"split", shots ? "" : "split"},
                         {"shots", shots ? "shots" : "", kNumber},
                         {"docs", "n", kNumber},
                         {"metric", "metric"},
                         {"score", "score", kPercent},
                         {"stderr", "± stderr", kErrorPercent},
                         {"chance", "chance", kPercent},
                         {"centred", "centred", kPercent},
                         {"centred_stderr", "± stderr", kErrorPercent}});
  for (const TaskResults& task : results.tasks) {
    AddTask(task.task.name, std::string(FactsOf(task.primary).name), task, table);
  }
  table.AddRule();
  for (const BestForm& form : results.best_forms) {
    AddTask(form.task, "best of both: " + std::string(NameOf(form.best)), results.tasks[form.place()], table);
  }
  if (!results.best_forms.empty()) {
    table.AddRule();
  }
  AddAverages(results, table);
  table.notes = MakeNotes(results);
  return table;
}

Table MetricTable(const Results& results) {
  Table table("metrics", {{"task", "task"},
                          {"metric", "metric"},
                          {"profile", "profile"},
                          {"score", "score", kPercent},
                          {"stderr", "± stderr", kErrorPercent},
                          {"divided_by", "divided by"}});
  for (const TaskResults& task : results.tasks) {
    for (const MetricScore& score : task.scores) {
      const MetricFacts& facts = FactsOf(score.metric);
      const Unit& unit = UnitOf(score.metric);
      const std::optional<Estimate>& estimate = score.estimate;
      if (!estimate && *RoleOf(task, score.metric) == '\0') {
        continue;
      }
      table.AddRow("task", task.task.name, "metric", facts.name, "profile", RoleOf(task, score.metric),
                   "score", estimate ? Cell(estimate->value).In(unit) : Cell(std::nullopt), "stderr",
                   estimate ? ErrorOf(*estimate, score.metric, task.docs) : Cell(), "divided_by",
                   DivisorName(score.metric, results.profile->length_rule));
    }
    table.AddRule();
  }
  return table;
}

}  // namespace vffn
