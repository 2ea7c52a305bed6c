#include "reports/tables/score_table.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <vector>

namespace vffn {
namespace {

std::string Decimal(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string Percent(double fraction) { return Decimal(100 * fraction); }

std::string PercentError(const std::optional<double>& standard_error) {
  return standard_error.has_value() ? "± " + Percent(*standard_error) : "";
}

TextTable MakeScoreTable(const Results& results) {
  TextTable table({{"task"},
                   {"split"},
                   {"n", Align::kRight},
                   {"metric"},
                   {"score", Align::kRight},
                   {"± stderr", Align::kRight},
                   {"chance", Align::kRight}});
  int64_t docs = 0;
  for (const TaskResults& task : results.tasks) {
    const Estimate& score = task.Score(task.primary);
    table.AddRow({task.task.name, task.task.split, std::to_string(task.docs),
                  std::string(FactsOf(task.primary).name), Percent(score.value),
                  PercentError(score.standard_error), Percent(task.chance)});
    docs += task.docs;
  }
  table.AddRule();
  table.AddRow({"average", "", std::to_string(docs), "", Percent(results.average.value),
                PercentError(results.average.standard_error), Percent(results.average_chance)});
  return table;
}

std::vector<std::string> MakeNotes(const Results& results) {
  std::vector<std::string> notes = {"profile " + std::string(results.profile->name) + ": " +
                                    std::string(results.profile->description)};
  std::set<Metric> explained;
  for (const TaskResults& task : results.tasks) {
    if (explained.insert(task.primary).second) {
      const std::string_view divisor = DivisorName(task.primary, results.profile->length_rule);
      notes.push_back(std::string(FactsOf(task.primary).name) + ": greatest log-likelihood" +
                      (divisor == "1" ? "" : " / " + std::string(divisor)));
    }
  }
  for (const TaskResults& task : results.tasks) {
    if (task.truncation.requests > 0) {
      notes.push_back(task.task.name +
                      ": contexts cut from the left: " + std::to_string(task.truncation.requests) +
                      ", in docs: " + std::to_string(task.truncation.docs) +
                      ", tokens cut: " + std::to_string(task.truncation.tokens));
    }
    if (task.missing > 0) {
      notes.push_back(task.task.name + ": INCOMPLETE, docs missing: " + std::to_string(task.missing) +
                      "; those scored so far are no fair sample");
    }
  }
  return notes;
}

std::vector<std::string> MetricRow(const TaskResults& task, const MetricScore& score, LengthRule rule) {
  const MetricFacts& facts = FactsOf(score.metric);
  const bool reported = std::ranges::find(task.reported, score.metric) != task.reported.end();
  const auto shown = [&](double value) { return facts.accuracy ? Percent(value) : Decimal(value); };
  std::string value = "-", error;
  if (score.estimate.has_value()) {
    value = shown(score.estimate->value);
    error = score.estimate->standard_error.has_value() ? "± " + shown(*score.estimate->standard_error) : "";
  }
  return {task.task.name,
          std::string(facts.name),
          score.metric == task.primary ? "primary"
          : reported                   ? "reported"
                                       : "",
          value,
          error,
          std::string(DivisorName(score.metric, rule))};
}

}  // namespace

std::string ScoreTable(const Results& results, TableFormat format) {
  const std::string notes = NotesText(MakeNotes(results), format);
  return MakeScoreTable(results).ToText(format) + (notes.empty() ? "" : "\n" + notes);
}

std::string MetricTable(const Results& results, TableFormat format) {
  TextTable table({{"task"},
                   {"metric"},
                   {"profile"},
                   {"score", Align::kRight},
                   {"± stderr", Align::kRight},
                   {"divided by"}});
  for (const TaskResults& task : results.tasks) {
    for (const MetricScore& score : task.scores) {
      table.AddRow(MetricRow(task, score, results.profile->length_rule));
    }
    table.AddRule();
  }
  return table.ToText(format);
}

}  // namespace vffn
