#include "reports/comparison/comparison_table.h"

#include "base/json.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

/// People read accuracies in percent, costs in their own unit.
Unit UnitOf(bool accuracy) { return accuracy ? kPercent.unit : Unit{.decimals = 4}; }

void AddTask(const TaskComparison& task, double alpha, Table& table) {
  const Unit unit = UnitOf(task.accuracy);
  table.AddRow("task", task.task, "metric", task.metric, "questions", task.questions, "a_score",
               Cell(task.a).In(unit), "b_score", Cell(task.b).In(unit), "difference",
               Cell(task.difference.mean).In(unit), "stderr", Cell(task.difference.standard_error).In(unit),
               "gained", task.gained, "lost", task.lost, "low", Cell(task.interval).In(unit), "p", task.p,
               "exact_p", task.exact_p, "holm_p", task.adjusted_p, "detectable_questions",
               task.detectable_questions, "clusters",
               task.clustered ? Cell(task.difference.clusters) : Cell(), "verdict",
               VerdictOn(task.difference.mean, task.higher_is_better, task.adjusted_p, alpha));
}

void AddAverage(const AverageComparison& average, const TaskComparison& kind, double alpha, Table& table) {
  const bool accuracy = kind.accuracy;
  const Unit unit = UnitOf(accuracy);
  Cell detectable(std::nullopt);
  if (average.detectable) {
    const std::string number = FixedText(unit.scale * *average.detectable, unit.decimals);
    detectable = Cell().Shown(number + (accuracy ? " %" : ""));  // not in questions: people only
  }
  table.AddRule();
  table.AddRow("task", "average", "a_score", Cell(average.a).In(unit), "b_score", Cell(average.b).In(unit),
               "difference", Cell(average.difference.mean).In(unit), "stderr",
               Cell(average.difference.standard_error).In(unit), "low", Cell(average.interval).In(unit), "p",
               average.p, "holm_p", average.adjusted_p, "detectable_questions", detectable, "verdict",
               VerdictOn(average.difference.mean, kind.higher_is_better, average.adjusted_p, alpha));
}

OrderedJson AverageJson(const AverageComparison& average, const Table& table) {
  const size_t row = table.rows().size() - 1;
  OrderedJson json = {{"tasks", average.tasks}};
  json.update(RowToJson(table, row, {"a", "b", "difference", "stderr", "interval", "p", "holm_p"}));
  json["detectable"] = JsonOf(average.detectable);
  json.update(RowToJson(table, row, {"verdict"}));
  return json;
}

OrderedJson ReportJson(const ComparisonReport& report, const ComparisonOptions& options) {
  const Table table = ComparisonTable(report, options);
  OrderedJson tasks = ToJson(table), average;
  if (report.comparison.average) {
    average = AverageJson(*report.comparison.average, table);
    tasks.erase(tasks.size() - 1);
  }
  return {{"a", report.a}, {"b", report.b}, {"tasks", tasks}, {"average", average}, {"notes", report.notes}};
}

}  // namespace

Table ComparisonTable(const ComparisonReport& report, const ComparisonOptions& options) {
  constexpr Style kError = {.before = "± "};
  const std::string interval = FixedText(100 * options.bootstrap.confidence, 0) + " % interval";
  Table table({{"task", "task"},
               {"metric", "metric"},
               {"questions", "n", kNumber},
               {"a_score", "A", kNumber, "a"},
               {"b_score", "B", kNumber, "b"},
               {"difference", "B − A", kSigned},
               {"stderr", "± stderr", kError},
               {"gained", "gained", kNumber},
               {"lost", "lost", kNumber},
               {{"low", "high"}, interval, kSigned, "interval"},
               {"p", "p", kProbability},
               {"exact_p"},
               {"holm_p", "Holm p", kProbability},
               {"detectable_questions", "detectable", kNumber},
               {"clusters"},
               {"verdict", "B is"}},
              "A: " + report.a + "   B: " + report.b);
  for (const TaskComparison& task : report.comparison.tasks) {
    AddTask(task, options.power.alpha, table);
  }
  if (const auto& average = report.comparison.average) {
    AddAverage(*average, report.comparison.tasks.front(), options.power.alpha, table);
  }
  table.notes = report.notes;
  return table;
}

std::vector<std::string> ComparisonNotes(const ComparisonOptions& options) {
  return {
      "gained, lost: questions that only B, only A answers right (of other metrics: where B is better, "
      "worse)",
      "interval: paired bootstrap over questions (over clusters where they are known), " +
          std::to_string(options.bootstrap.replicates) + " replicates, seed " +
          std::to_string(options.bootstrap.seed) + "; that of the average is stratified by task",
      "p: two-sided; mid-p McNemar test (with clusters: exact sign flips of whole clusters); t test for "
      "other metrics, normal test for the average",
      "Holm p: adjusted over all tasks of all comparisons; the averages are a family of their own",
      "detectable: smallest difference in questions that a test at alpha " +
          FixedText(options.power.alpha, 2) + " finds with " + FixedText(100 * options.power.power, 0) +
          " % power, if as many answers change as here",
      "\"-\" and \"cannot tell\": the data do not say"};
}

std::string ComparisonTables(std::span<const ComparisonReport> reports, const ComparisonOptions& options,
                             TableFormat format) {
  std::string text;
  Table all;
  for (const ComparisonReport& report : reports) {
    Table table = ComparisonTable(report, options);
    text += ToText(table, format) + "\n";
    table.Prepend(MakeRow("a", report.a, "b", report.b));
    all.Append(table);
  }
  return format == TableFormat::kCsv ? ToCsv(all) : text + NotesText(ComparisonNotes(options), format);
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
