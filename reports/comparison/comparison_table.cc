#include "reports/comparison/comparison_table.h"

#include "base/json.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

/// People read accuracies in percent, other metrics in their own unit.
Unit UnitOf(bool accuracy) { return accuracy ? kPercent.unit : Unit{.decimals = 4}; }

/// Whether a table has accuracies, and whether it has other metrics.
struct Kinds {
  bool accuracies = false, others = false;

  explicit Kinds(const Comparison& comparison) {
    for (const TaskComparison& task : comparison.tasks) {
      (task.accuracy ? accuracies : others) = true;
    }
  }
};

void AddTask(const TaskComparison& task, double alpha, Table& table) {
  const Unit unit = UnitOf(task.accuracy);
  table.AddRow("task", task.task, "metric", task.metric, "questions", task.questions, "a_score",
               Cell(task.a).In(unit), "b_score", Cell(task.b).In(unit), "difference",
               Cell(task.difference.mean).In(unit), "stderr", Cell(task.difference.standard_error).In(unit),
               "gained", task.gained, "lost", task.lost, "low", Cell(task.interval).In(unit), "p", task.p,
               "exact_p", task.exact_p, "holm_p", task.adjusted_p, "detectable",
               Cell(task.detectable).In(unit), "clusters",
               task.clustered ? Cell(task.difference.clusters) : Cell(), "verdict",
               VerdictOn(task.difference.mean, task.higher_is_better, task.adjusted_p, alpha));
}

void AddAverage(const AverageComparison& average, const std::string& name, double alpha, Table& table) {
  const Unit unit = UnitOf(average.accuracy);
  table.AddRow("task", name, "metric", average.metric.empty() ? Cell() : Cell(average.metric), "a_score",
               Cell(average.a).In(unit), "b_score", Cell(average.b).In(unit), "difference",
               Cell(average.difference.mean).In(unit), "stderr",
               Cell(average.difference.standard_error).In(unit), "low", Cell(average.interval).In(unit), "p",
               average.p, "holm_p", average.adjusted_p, "detectable", Cell(average.detectable).In(unit),
               "verdict",
               VerdictOn(average.difference.mean, average.higher_is_better, average.adjusted_p, alpha));
}

/// "average"; with several kinds of metrics "average of 3 accuracies", "average of 2 losses".
std::string NameOfAverage(const AverageComparison& average, bool several_kinds) {
  return !several_kinds ? "average"
                        : "average of " + std::to_string(average.tasks) +
                              (average.accuracy           ? " accuracies"
                               : average.higher_is_better ? " scores"
                                                          : " losses");
}

OrderedJson AverageJson(const AverageComparison& average, const Table& table, size_t row) {
  OrderedJson json = RowToJson(table, row, {"task"});
  json["metric"] = average.metric.empty() ? OrderedJson() : OrderedJson(average.metric);
  json["tasks"] = average.tasks;
  json.update(RowToJson(
      table, row, {"a", "b", "difference", "stderr", "interval", "p", "holm_p", "detectable", "verdict"}));
  return json;
}

/// "average" is the first of "averages": of accuracies, if there are several.
OrderedJson ReportJson(const ComparisonReport& report, const ComparisonOptions& options) {
  const Table table = ComparisonTable(report, options);
  OrderedJson tasks = ToJson(table), averages = OrderedJson::array();
  const size_t count = report.comparison.tasks.size();
  tasks.erase(tasks.begin() + static_cast<std::ptrdiff_t>(count), tasks.end());
  for (size_t i = 0; i < report.comparison.averages.size(); ++i) {
    averages.push_back(AverageJson(report.comparison.averages[i], table, count + i));
  }
  return {{"a", report.a},        {"b", report.b},
          {"tasks", tasks},       {"average", averages.empty() ? OrderedJson() : averages.front()},
          {"averages", averages}, {"notes", report.notes}};
}

/// Of two models whose scores are the same, question by question.
std::string NothingChanged(const Comparison& comparison) {
  constexpr size_t kFew = 8;
  int64_t questions = 0, moved = 0;
  std::vector<std::string> names;
  for (const TaskComparison& task : comparison.tasks) {
    names.push_back(task.task);
    questions += task.questions;
    moved += task.moved;
  }
  const bool answers = !Kinds(comparison).others;
  std::string text = std::string(answers ? "No answer changed: " : "No score changed: ") + "the " +
                     std::to_string(questions) + " questions of " + std::to_string(comparison.tasks.size()) +
                     (comparison.tasks.size() == 1 ? " task" : " tasks") +
                     (names.size() > kFew ? "" : " (" + JoinedText(names, ", ") + ")") +
                     " have the same scores under both models.";
  return moved == 0 ? text
                    : text + " But the margins of " + std::to_string(moved) +
                          " questions did: --metric bits_per_byte compares the log-probabilities.";
}

}  // namespace

Table ComparisonTable(const ComparisonReport& report, const ComparisonOptions& options) {
  constexpr Style kError = {.before = "± "};
  const std::string interval = FixedText(100 * options.bootstrap.confidence, 0) + " % interval";
  const Kinds kinds(report.comparison);
  const char* unit = kinds.others ? "" : ", %";
  Table table({{"task", "task"},
               {"metric", "metric"},
               {"questions", "questions", kNumber},
               {"a_score", std::string("A") + unit, kNumber, "a"},
               {"b_score", std::string("B") + unit, kNumber, "b"},
               {"difference", "B − A", kSigned},
               {"stderr", "± stderr", kError},
               {"gained", kinds.others ? "B better" : "only B right", kNumber},
               {"lost", kinds.others ? "A better" : "only A right", kNumber},
               {{"low", "high"}, interval, kSigned, "interval"},
               {"p", "p", kProbability},
               {"exact_p"},
               {"holm_p", "p (Holm)", kProbability},
               {"detectable", "detectable", kNumber},
               {"clusters"},
               {"verdict", "B is"}},
              "A: " + report.a + "   B: " + report.b);
  for (const TaskComparison& task : report.comparison.tasks) {
    AddTask(task, options.power.alpha, table);
  }
  if (!report.comparison.averages.empty()) {
    table.AddRule();
  }
  for (const AverageComparison& average : report.comparison.averages) {
    AddAverage(average, NameOfAverage(average, kinds.accuracies && kinds.others), options.power.alpha, table);
  }
  table.notes = report.notes;
  return table;
}

std::vector<ColumnMeaning> ComparisonMeanings() {
  return {
      {"questions", "number of questions that both models answered"},
      {"A, B",
       "scores of both models; A is the first one given, the baseline. Accuracies are in percent, other "
       "metrics "
       "in their own unit"},
      {"B − A",
       "difference of the scores: in percentage points for accuracies, in the unit of the metric for others"},
      {"± stderr",
       "standard error of B − A, from the differences of the single questions, or of clusters of questions "
       "where "
       "they are known"},
      {"only B right, only A right",
       "number of questions that only B, or only A, answers correctly. Of other metrics (B better, A "
       "better): "
       "number of questions that have the better score under this model"},
      {"95 % interval",
       "percentile interval of B − A from the paired bootstrap. If no question changed, or all changed in "
       "one "
       "direction: from Wilson's interval of the share of questions that could differ from that"},
      {"p",
       "probability of a difference at least as large if both models are equally good, two-sided: McNemar's "
       "test, "
       "mid-p; with clusters, sign flips of whole clusters; for other metrics a t test; for averages a "
       "normal test"},
      {"p (Holm)",
       "p adjusted by Holm's method for all tasks of all comparisons; averages are a family of their own"},
      {"detectable",
       "smallest difference that the test finds 4 times out of 5 if as many questions change as here, in the "
       "unit "
       "of B − A"},
      {"B is",
       "better or worse if p (Holm) is below the significance level, otherwise \"cannot tell\", which does "
       "not "
       "mean the same"}};
}

std::vector<std::string> MeaningNotes(const std::vector<ColumnMeaning>& meanings) {
  std::vector<std::string> notes;
  for (const ColumnMeaning& column : meanings) {
    notes.push_back(column.title + ": " + column.meaning);
  }
  notes.emplace_back("\"-\": the data do not determine the number");
  return notes;
}

std::vector<std::string> ComparisonNotes(const ComparisonOptions& options, bool explain) {
  std::vector<std::string> notes = {
      "accuracies in percent; B − A, ± stderr, interval and detectable in percentage points; bootstrap: " +
      std::to_string(options.bootstrap.replicates) + " replicates, seed " +
      std::to_string(options.bootstrap.seed) + "; significance level " + FixedText(options.power.alpha)};
  if (!explain) {
    notes.emplace_back("--explain prints what each column is");
    return notes;
  }
  std::vector<std::string> meanings = MeaningNotes(ComparisonMeanings());
  notes.insert(notes.end(), meanings.begin(), meanings.end());
  return notes;
}

std::string ComparisonTables(std::span<const ComparisonReport> reports, const ComparisonOptions& options,
                             TableFormat format, bool explain) {
  std::string text;
  Table all;
  bool tables = false;
  for (const ComparisonReport& report : reports) {
    Table table = ComparisonTable(report, options);
    if (report.comparison.HasChanges()) {
      tables = true;
      text += ToText(table, format) + "\n";
    } else {
      std::vector<std::string> notes = table.notes;
      notes.insert(notes.begin(), NothingChanged(report.comparison));
      text += TitleText(table.title, format) + NotesText(notes, format) + "\n";
    }
    table.Prepend(MakeRow("a", report.a, "b", report.b));
    all.Append(table);
  }
  return format == TableFormat::kCsv
             ? ToCsv(all)
             : text + (tables ? NotesText(ComparisonNotes(options, explain), format) : "");
}

OrderedJson ComparisonJson(std::span<const ComparisonReport> reports, const ComparisonOptions& options) {
  OrderedJson json = {{"paired", true},
                      {"alpha", options.power.alpha},
                      {"power", options.power.power},
                      {"confidence", options.bootstrap.confidence},
                      {"replicates", options.bootstrap.replicates},
                      {"seed", options.bootstrap.seed},
                      {"comparisons", OrderedJson::array()}};
  for (const ComparisonReport& report : reports) {
    json["comparisons"].push_back(ReportJson(report, options));
  }
  return json;
}

std::string VerdictOn(double difference, bool higher_is_better, const std::optional<double>& adjusted_p,
                      double alpha) {
  if (!adjusted_p || *adjusted_p >= alpha) {
    return "cannot tell";
  }
  return (difference > 0) == higher_is_better ? "better" : "worse";
}

}  // namespace vffn
