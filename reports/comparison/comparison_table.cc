#include "reports/comparison/comparison_table.h"

#include "reports/tables/number_text.h"

namespace vffn {
namespace {

/// Accuracies are shown in percent, costs in their own unit.
struct Unit {
  double scale;
  int decimals;
};
Unit UnitOf(bool accuracy) { return accuracy ? Unit{100, 2} : Unit{1, 4}; }

std::string ErrorText(const MeanDifference& difference, const Unit& unit) {
  return difference.standard_error ? "± " + FixedText(unit.scale * *difference.standard_error, unit.decimals)
                                   : "-";
}

std::string ConfidenceText(const ComparisonOptions& options) {
  return FixedText(100 * options.bootstrap.confidence, 0) + " % interval";
}

}  // namespace

TextTable ComparisonTable(const ComparisonReport& report, const ComparisonOptions& options) {
  TextTable table({{"task"},
                   {"metric"},
                   {"n", Align::kRight},
                   {"A", Align::kRight},
                   {"B", Align::kRight},
                   {"B − A", Align::kRight},
                   {"± stderr", Align::kRight},
                   {"gained", Align::kRight},
                   {"lost", Align::kRight},
                   {ConfidenceText(options), Align::kRight},
                   {"p", Align::kRight},
                   {"Holm p", Align::kRight},
                   {"detectable", Align::kRight},
                   {"B is"}});
  for (const TaskComparison& task : report.comparison.tasks) {
    const Unit unit = UnitOf(task.accuracy);
    table.AddRow({task.task, task.metric, std::to_string(task.questions),
                  FixedText(unit.scale * task.a, unit.decimals),
                  FixedText(unit.scale * task.b, unit.decimals),
                  SignedText(unit.scale * task.difference.mean, unit.decimals),
                  ErrorText(task.difference, unit), std::to_string(task.gained), std::to_string(task.lost),
                  IntervalText(task.interval, unit.scale, unit.decimals), ProbabilityText(task.p),
                  ProbabilityText(task.adjusted_p), CountText(task.detectable_questions),
                  VerdictOn(task.difference.mean, task.accuracy, task.adjusted_p, options.power.alpha)});
  }
  if (const auto& average = report.comparison.average) {
    const bool accuracy = report.comparison.tasks.front().accuracy;
    const Unit unit = UnitOf(accuracy);
    table.AddRule();
    table.AddRow({"average", "", "", FixedText(unit.scale * average->a, unit.decimals),
                  FixedText(unit.scale * average->b, unit.decimals),
                  SignedText(unit.scale * average->difference.mean, unit.decimals),
                  ErrorText(average->difference, unit), "", "",
                  IntervalText(average->interval, unit.scale, unit.decimals), ProbabilityText(average->p),
                  ProbabilityText(average->adjusted_p),
                  average->detectable
                      ? FixedText(unit.scale * *average->detectable, unit.decimals) + (accuracy ? " %" : "")
                      : "-",
                  VerdictOn(average->difference.mean, accuracy, average->adjusted_p, options.power.alpha)});
  }
  return table;
}

std::vector<std::string> ComparisonNotes(const ComparisonOptions& options) {
  return {
      "gained, lost: questions that only B, only A has right (of costs: where B is lower, higher)",
      "interval: paired bootstrap over questions (clusters where there are), " +
          std::to_string(options.bootstrap.replicates) + " replicates, seed " +
          std::to_string(options.bootstrap.seed) + "; the average's is stratified by task",
      "p: mid-p McNemar test (with clusters: exact sign flips of whole clusters); of costs a t test; of the "
      "average a normal test; two-sided",
      "Holm p: adjusted over all tasks of all comparisons; the averages are a family of their own",
      "detectable: smallest difference in questions that a test at alpha " +
          FixedText(options.power.alpha, 2) + " finds with " + FixedText(100 * options.power.power, 0) +
          " % power, if as many answers change as here",
      "\"-\" and \"cannot tell\": the data do not say"};
}

namespace {

std::string Decimal(double value) { return OrderedJson(value).dump(); }
std::string Decimal(const std::optional<double>& value) { return value ? Decimal(*value) : ""; }

std::string Csv(std::span<const ComparisonReport> reports, const ComparisonOptions& options) {
  TextTable table({{"a"},
                   {"b"},
                   {"task"},
                   {"metric"},
                   {"questions"},
                   {"a_score"},
                   {"b_score"},
                   {"difference"},
                   {"stderr"},
                   {"gained"},
                   {"lost"},
                   {"low"},
                   {"high"},
                   {"p"},
                   {"exact_p"},
                   {"holm_p"},
                   {"detectable_questions"},
                   {"clusters"},
                   {"verdict"}});
  const auto end = [](const std::optional<ConfidenceInterval>& interval, double ConfidenceInterval::*member) {
    return interval ? Decimal(*interval.*member) : std::string();
  };
  for (const ComparisonReport& report : reports) {
    for (const TaskComparison& task : report.comparison.tasks) {
      table.AddRow({report.a, report.b, task.task, task.metric, std::to_string(task.questions),
                    Decimal(task.a), Decimal(task.b), Decimal(task.difference.mean),
                    Decimal(task.difference.standard_error), std::to_string(task.gained),
                    std::to_string(task.lost), end(task.interval, &ConfidenceInterval::low),
                    end(task.interval, &ConfidenceInterval::high), Decimal(task.p), Decimal(task.exact_p),
                    Decimal(task.adjusted_p),
                    task.detectable_questions ? std::to_string(*task.detectable_questions) : "",
                    task.clustered ? std::to_string(task.difference.clusters) : "",
                    VerdictOn(task.difference.mean, task.accuracy, task.adjusted_p, options.power.alpha)});
    }
    if (const auto& average = report.comparison.average) {
      table.AddRow({report.a, report.b, "average", "", "", Decimal(average->a), Decimal(average->b),
                    Decimal(average->difference.mean), Decimal(average->difference.standard_error), "", "",
                    end(average->interval, &ConfidenceInterval::low),
                    end(average->interval, &ConfidenceInterval::high), Decimal(average->p), "",
                    Decimal(average->adjusted_p), "", "",
                    VerdictOn(average->difference.mean, report.comparison.tasks.front().accuracy,
                              average->adjusted_p, options.power.alpha)});
    }
  }
  return table.ToCsv();
}

OrderedJson TaskJson(const TaskComparison& task, double alpha) {
  return {{"task", task.task},
          {"metric", task.metric},
          {"questions", task.questions},
          {"a", task.a},
          {"b", task.b},
          {"difference", task.difference.mean},
          {"stderr", ToJsonOrNull(task.difference.standard_error)},
          {"gained", task.gained},
          {"lost", task.lost},
          {"interval", ToJson(task.interval)},
          {"p", ToJsonOrNull(task.p)},
          {"exact_p", ToJsonOrNull(task.exact_p)},
          {"holm_p", ToJsonOrNull(task.adjusted_p)},
          {"detectable_questions", ToJsonOrNull(task.detectable_questions)},
          {"clusters", task.clustered ? OrderedJson(task.difference.clusters) : OrderedJson(nullptr)},
          {"verdict", VerdictOn(task.difference.mean, task.accuracy, task.adjusted_p, alpha)}};
}

OrderedJson AverageJson(const Comparison& comparison, double alpha) {
  if (!comparison.average) {
    return nullptr;
  }
  const AverageComparison& average = *comparison.average;
  return {{"tasks", average.tasks},
          {"a", average.a},
          {"b", average.b},
          {"difference", average.difference.mean},
          {"stderr", ToJsonOrNull(average.difference.standard_error)},
          {"interval", ToJson(average.interval)},
          {"p", ToJsonOrNull(average.p)},
          {"holm_p", ToJsonOrNull(average.adjusted_p)},
          {"detectable", ToJsonOrNull(average.detectable)},
          {"verdict",
           VerdictOn(average.difference.mean, comparison.tasks.front().accuracy, average.adjusted_p, alpha)}};
}

}  // namespace

std::string VerdictOn(double difference, bool higher_is_better, const std::optional<double>& adjusted_p,
                      double alpha) {
  if (!adjusted_p || *adjusted_p >= alpha) {
    return "cannot tell";
  }
  return (difference > 0) == higher_is_better ? "better" : "worse";
}

std::string ComparisonTables(std::span<const ComparisonReport> reports, const ComparisonOptions& options,
                             TableFormat format) {
  if (format == TableFormat::kCsv) {
    return Csv(reports, options);
  }
  std::string text;
  for (const ComparisonReport& report : reports) {
    text += TitleText("A: " + report.a + "   B: " + report.b, format) +
            ComparisonTable(report, options).ToText(format) + "\n" +
            (report.notes.empty() ? "" : NotesText(report.notes, format) + "\n");
  }
  return text + NotesText(ComparisonNotes(options), format);
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
    OrderedJson tasks = OrderedJson::array();
    for (const TaskComparison& task : report.comparison.tasks) {
      tasks.push_back(TaskJson(task, options.power.alpha));
    }
    json["comparisons"].push_back({{"a", report.a},
                                   {"b", report.b},
                                   {"tasks", tasks},
                                   {"average", AverageJson(report.comparison, options.power.alpha)},
                                   {"notes", report.notes}});
  }
  return json;
}

}  // namespace vffn
