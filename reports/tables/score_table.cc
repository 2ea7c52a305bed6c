#include "reports/tables/score_table.h"

#include <algorithm>
#include <set>
#include <vector>

#include "tasks/task.h"

namespace vffn {
namespace {

constexpr Style kErrorPercent = {.unit = {.scale = 100}, .before = "± "};
constexpr Unit kCost = {};

/// Blank where there is none.
Cell ErrorOf(const Estimate& estimate) {
  return estimate.standard_error ? Cell(*estimate.standard_error) : Cell();
}

/// Blank where there is none.
Cell CentredCell(const std::optional<Estimate>& centred) { return centred ? Cell(centred->value) : Cell(); }
Cell CentredError(const std::optional<Estimate>& centred) { return centred ? ErrorOf(*centred) : Cell(); }

void AddTask(const std::string& name, const std::string& metric, const TaskResults& task, Table& table) {
  const Estimate& score = task.Score(task.primary);
  table.AddRow("task", name, "split", task.task.split, "docs", task.docs, "metric", metric, "score",
               score.value, "stderr", ErrorOf(score), "chance", task.chance, "centred",
               CentredCell(task.centred), "centred_stderr", CentredError(task.centred));
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
  if (results.centred) {
    notes.push_back("centred: (score - chance) / (1 - chance) of accuracies");
  }
  for (const TaskResults& task : results.tasks) {
    if (task.truncation.requests > 0) {
      notes.push_back(task.task.name +
                      ": contexts cut from the left: " + std::to_string(task.truncation.requests) +
                      ", in docs: " + std::to_string(task.truncation.docs) +
                      ", tokens cut: " + std::to_string(task.truncation.tokens));
    }
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

std::string ScoreTable(const Results& results, TableFormat format) {
  Table table({{"task", "task"},
               {"split", "split"},
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
  int64_t docs = 0;
  for (const size_t place : results.Counted()) {
    docs += results.tasks[place].docs;
  }
  const std::optional<CentredAverage>& centred = results.centred;
  table.AddRow("task", "average", "docs", docs, "score", results.average.value, "stderr",
               ErrorOf(results.average), "chance", results.average_chance, "centred",
               centred ? Cell(centred->estimate.value) : Cell(), "centred_stderr",
               centred ? ErrorOf(centred->estimate) : Cell());
  table.notes = MakeNotes(results);
  return ToText(table, format);
}

std::string MetricTable(const Results& results, TableFormat format) {
  Table table({{"task", "task"},
               {"metric", "metric"},
               {"profile", "profile"},
               {"score", "score", kPercent},
               {"stderr", "± stderr", kErrorPercent},
               {"divided_by", "divided by"}});
  for (const TaskResults& task : results.tasks) {
    for (const MetricScore& score : task.scores) {
      const MetricFacts& facts = FactsOf(score.metric);
      const Unit& unit = facts.percent() ? kPercent.unit : kCost;
      const std::optional<Estimate>& estimate = score.estimate;
      table.AddRow("task", task.task.name, "metric", facts.name, "profile", RoleOf(task, score.metric),
                   "score", estimate ? Cell(estimate->value).In(unit) : Cell(std::nullopt), "stderr",
                   estimate ? ErrorOf(*estimate).In(unit) : Cell(), "divided_by",
                   DivisorName(score.metric, results.profile->length_rule));
    }
    table.AddRule();
  }
  return ToText(table, format);
}

}  // namespace vffn
