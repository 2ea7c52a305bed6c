#include "reports/comparison/unpaired_comparison.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "analysis/distributions.h"
#include "analysis/holm.h"
#include "base/error.h"
#include "base/json.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

/// `averages`: printed ones, instead of those of the pairs.
UnpairedScore ScoreOf(std::string task, std::span<const ScorePair> pairs, double alpha,
                      std::optional<std::pair<double, double>> averages = {}) {
  UnpairedScore score{.task = std::move(task)};
  bool same_questions = true;
  for (const ScorePair& pair : pairs) {
    score.a += pair.a / static_cast<double>(pairs.size());
    score.b += pair.b / static_cast<double>(pairs.size());
    score.a_questions += pair.a_questions;
    score.b_questions += pair.b_questions;
    same_questions = same_questions && pair.a_questions == pair.b_questions;
  }
  std::optional<double> mean;
  if (averages) {
    std::tie(score.a, score.b) = *averages;
    mean = score.b - score.a;
  }
  score.z = UnpairedZ(pairs, mean);
  if (score.z) {
    score.p = NormalTwoSided(*score.z);
  }
  if (same_questions) {
    score.needed = CorrelationNeeded(pairs, alpha, mean);
  }
  return score;
}

Table MakeTable(const UnpairedComparison& comparison) {
  Table table({{"task", "task"},
               {"", "questions", kNumber, std::nullopt, "n"},
               {"a_questions"},
               {"b_questions"},
               {"a_score", "A, %", kPercent, "a"},
               {"b_score", "B, %", kPercent, "b"},
               {"difference", "B − A", {.unit = {.scale = 100}, .sign = true}},
               {"z", "z", kNumber},
               {"p", "p", kProbability},
               {"holm_p", "p (Holm)", kProbability},
               {"correlation_needed", "correlation needed", kNumber, "needed.correlation"},
               {"correlation_attainable", "", kText, ""},
               {"", "", kText, "needed.attainable"}},
              "A: " + comparison.a + "   B: " + comparison.b);
  const auto add = [&](const UnpairedScore& score) {
    const bool same = score.a_questions == score.b_questions;
    Row row =
        MakeRow("task", score.task, "n",
                std::to_string(score.a_questions) + (same ? "" : ", " + std::to_string(score.b_questions)),
                "a_questions", score.a_questions, "b_questions", score.b_questions, "a_score", score.a,
                "b_score", score.b, "difference", score.b - score.a, "z", score.z, "p", score.p, "holm_p",
                score.adjusted_p, "correlation_needed", std::nullopt);
    if (score.needed) {
      row.back().second = Cell(score.needed->correlation).Shown(NeededText(score.needed));
      row.emplace_back("correlation_attainable", score.needed->attainable ? "yes" : "no");
      row.emplace_back("needed.attainable", score.needed->attainable);
    }
    table.AddRow(row);
  };
  std::ranges::for_each(comparison.tasks, add);
  if (comparison.average) {
    table.AddRule();
    add(*comparison.average);
  }
  table.notes = comparison.notes;
  return table;
}

std::vector<std::string> CommonNotes(double alpha, bool explain) {
  std::vector<std::string> notes = {
      "no results per question: z and p treat the two models' answers as independent, which understates a "
      "difference on the same questions",
      "accuracies in percent, B − A in percentage points; significance level " + FixedText(alpha)};
  if (!explain) {
    notes.emplace_back("--explain prints what each column is");
    return notes;
  }
  std::vector<std::string> meanings = MeaningNotes(UnpairedMeanings());
  notes.insert(notes.end(), meanings.begin(), meanings.end());
  return notes;
}

}  // namespace

UnpairedComparison CompareUnpaired(const ScoreSet& a, const ScoreSet& b, double alpha) {
  UnpairedComparison comparison{.a = a.name, .b = b.name};
  std::vector<ScorePair> pairs;
  for (const TaskSummary& score : a.summaries) {
    const auto other = std::ranges::find(b.summaries, score.task, &TaskSummary::task);
    if (other == b.summaries.end()) {
      comparison.notes.push_back(score.task + " is in " + a.name + " only; not compared");
      continue;
    }
    VFFN_CHECK(score.metric == other->metric || score.metric.empty() || other->metric.empty(), score.task,
               " cannot be compared: ", a.name, " has ", score.metric, ", ", b.name, " has ", other->metric);
    const ScorePair pair{score.value, other->value, score.questions, other->questions};
    comparison.tasks.push_back(ScoreOf(score.task, {&pair, 1}, alpha));
    if (score.counted || other->counted) {
      pairs.push_back(pair);
    }
  }
  for (const TaskSummary& score : b.summaries) {
    if (std::ranges::find(a.summaries, score.task, &TaskSummary::task) == a.summaries.end()) {
      comparison.notes.push_back(score.task + " is in " + b.name + " only; not compared");
    }
  }
  VFFN_CHECK(!comparison.tasks.empty(), "no task is in both ", a.name, " and ", b.name);
  if (pairs.size() > 1) {
    const bool whole = comparison.notes.empty() && a.average && b.average;
    comparison.average = ScoreOf("average", pairs, alpha,
                                 whole ? std::optional(std::pair(*a.average, *b.average)) : std::nullopt);
  }
  comparison.notes.insert(comparison.notes.end(), a.notes.begin(), a.notes.end());
  comparison.notes.insert(comparison.notes.end(), b.notes.begin(), b.notes.end());
  return comparison;
}

void AdjustForMultiplicity(std::span<UnpairedComparison> comparisons) { AdjustFamilies(comparisons); }

std::string NeededText(const std::optional<RequiredCorrelation>& needed) {
  if (!needed) {
    return "-";
  }
  return !needed->attainable        ? "none suffices"
         : needed->correlation <= 0 ? "none needed"
                                    : FixedText(needed->correlation);
}

std::vector<ColumnMeaning> UnpairedMeanings() {
  return {
      {"questions", "number of questions of each score"},
      {"A, B", "scores of both models in percent; A is the first one given, the baseline"},
      {"B − A", "difference of the scores in percentage points"},
      {"z", "B − A divided by its standard error, as if the answers of the two models were independent"},
      {"p", "probability of a z at least as large if both models are equally good, two-sided: normal test"},
      {"p (Holm)",
       "p adjusted by Holm's method for all tasks of all comparisons; averages are a family of their own"},
      {"correlation needed",
       "smallest correlation between the outcomes of the two models on a question at which a paired test "
       "would "
       "find the difference at the significance level"}};
}

std::string UnpairedTables(std::span<const UnpairedComparison> comparisons, double alpha, TableFormat format,
                           bool explain) {
  std::string text;
  Table all;
  for (const UnpairedComparison& comparison : comparisons) {
    Table table = MakeTable(comparison);
    text += ToText(table, format) + "\n";
    table.Prepend(MakeRow("a", comparison.a, "b", comparison.b));
    all.Append(table);
  }
  return format == TableFormat::kCsv ? ToCsv(all) : text + NotesText(CommonNotes(alpha, explain), format);
}

OrderedJson UnpairedJson(std::span<const UnpairedComparison> comparisons, double alpha) {
  OrderedJson json = {{"paired", false}, {"alpha", alpha}, {"comparisons", OrderedJson::array()}};
  for (const UnpairedComparison& comparison : comparisons) {
    OrderedJson tasks = ToJson(MakeTable(comparison)), average;
    if (comparison.average) {
      average = tasks.back();
      tasks.erase(tasks.size() - 1);
    }
    json["comparisons"].push_back({{"a", comparison.a},
                                   {"b", comparison.b},
                                   {"tasks", tasks},
                                   {"average", average},
                                   {"notes", comparison.notes}});
  }
  return json;
}

}  // namespace vffn
