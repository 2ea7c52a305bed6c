#include "reports/audit/table_audit.h"

#include <algorithm>
#include <cmath>

#include "analysis/distributions.h"
#include "analysis/power.h"
#include "reports/comparison/split_sizes.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

constexpr double kFits = 0.001;  // p below which a column's fit to a size is no accident

std::string SplitNames(const PublishedTable& table, const std::string& task, int64_t questions) {
  if (table.questions.contains(task)) {
    return "given";
  }
  std::string names;
  for (const SplitSize& size : SplitSizesOf(task)) {
    if (size.questions == questions) {
      names.append(names.empty() ? "" : " or ").append(size.split);
    }
  }
  return names;
}

SplitFit FitOf(const PublishedTable& table, const std::string& task, int64_t questions) {
  SplitFit fit{.task = task, .split = SplitNames(table, task, questions), .questions = questions};
  std::map<int, double> chances;  // by decimals
  for (const PublishedRow& row : table.rows) {
    if (const auto& percent = row.cells.at(task).percent) {
      const auto [chance, is_new] = chances.try_emplace(percent->decimals, 0);
      chance->second = is_new ? ChanceOfPossible(questions, percent->decimals) : chance->second;
      fit.chance += chance->second;
      fit.whole += RightAnswersOf(*percent, questions).possible() ? 1 : 0;
      ++fit.cells;
    }
  }
  if (fit.cells > 0) {
    fit.chance /= static_cast<double>(fit.cells);
    fit.p = BinomialUpperTail(fit.whole, fit.cells, fit.chance);
  }
  return fit;
}

std::string FitText(const SplitFit& fit) {
  return std::to_string(fit.whole) + " of " + std::to_string(fit.cells) + " entries are a whole number of " +
         std::to_string(fit.questions) + " questions (" + fit.split + "; by chance " +
         FixedText(100 * fit.chance, 0) + " % would be)";
}

/// One finding a column: which sizes fit.
void DescribeColumn(const std::string& task, const std::vector<SplitFit>& fits, Findings& findings) {
  const std::string how =
      "for every cell: is there a k with 100 k / n rounding to it (a half either way)? The chance is the "
      "share "
      "of the percentages 0 to 100 with as many decimals for which there is";
  if (fits.empty()) {
    findings.push_back({Severity::kNote, "unknown size", task,
                        "how many questions it has is not known; give it with --questions " + task + "=N",
                        "the eight tasks' sizes are known"});
    return;
  }
  std::string text;
  bool informative = false, fitting = false;
  for (const SplitFit& fit : fits) {
    text += (text.empty() ? "" : "; ") + FitText(fit);
    informative = informative || fit.chance < 0.5;
    fitting = fitting || fit.p < kFits;
  }
  if (fitting) {
    findings.push_back({Severity::kNote, "split fingerprint", task, text, how});
  } else if (!informative) {
    findings.push_back({Severity::kNote, "split fingerprint", task,
                        text + ": so many questions fit any entry, which tells nothing", how});
  } else {
    findings.push_back({Severity::kNote, "split fingerprint", task,
                        text + ": no known split stands out, so its entries are not judged", how});
  }
}

void AuditColumns(const PublishedTable& table, TableAudit& audit) {
  for (const std::string& task : table.tasks) {
    std::vector<SplitFit> fits;
    for (const int64_t questions : CandidateSizes(table, task)) {
      fits.push_back(FitOf(table, task, questions));
    }
    DescribeColumn(task, fits, audit.findings);
    if (!fits.empty()) {
      std::ranges::min_element(fits, {}, &SplitFit::p)->chosen = true;
      std::ranges::copy(fits, std::back_inserter(audit.splits));
    }
  }
}

const SplitFit* ChosenFit(const TableAudit& audit, const std::string& task) {
  const auto found =
      std::ranges::find_if(audit.splits, [&](const SplitFit& fit) { return fit.task == task && fit.chosen; });
  return found == audit.splits.end() ? nullptr : &*found;
}

/// The percentage of a cell; of another text, such as that of a fraction, also the text.
std::string PrintedText(const PublishedCell& cell) {
  const std::string percent = ToString(*cell.percent);
  return percent == cell.text ? percent : percent + " (printed " + cell.text + ")";
}

/// Which of the neighbours of an impossible entry the printed average follows from.
std::string AverageSays(const PublishedTable& table, const PublishedRow& row, const std::string& task,
                        const std::vector<PrintedDecimal>& neighbours) {
  if (!row.average || !row.average->percent) {
    return "";
  }
  auto cells = CellsOf(table, row);
  std::string agreeing;
  size_t count = 0;
  for (const PrintedDecimal& neighbour : neighbours) {
    if (!cells) {
      return "";
    }
    (*cells)[static_cast<size_t>(std::ranges::find(table.tasks, task) - table.tasks.begin())] = neighbour;
    if (CheckAverage(*cells, *row.average->percent) == AverageCheck::kRounded) {
      agreeing = ToString(neighbour);
      ++count;
    }
  }
  return count != 1 ? "" : "; the printed average " + PrintedText(*row.average) + " agrees with " + agreeing;
}

void AuditCell(const PublishedTable& table, const PublishedRow& row, const std::string& task,
               const SplitFit* fit, Findings& findings) {
  const PublishedCell& cell = row.cells.at(task);
  const std::string where = row.Name() + ", " + task;
  if (!cell.percent) {
    findings.push_back(
        cell.text.empty()
            ? Finding{Severity::kNote, "missing entry", where, "there is no entry",
                      "the cell is empty or absent"}
            : Finding{Severity::kWeak, "unreadable entry", where, "\"" + cell.text + "\" is not a percentage",
                      "an entry is a number from 0 to 100, or from 0 to 1 in a column of fractions"});
    return;
  }
  if (fit == nullptr || fit->p >= kFits || fit->chance >= 0.5) {
    return;
  }
  const RightAnswers answers = RightAnswersOf(*cell.percent, fit->questions);
  if (answers.possible()) {
    return;
  }
  const int decimals = cell.percent->decimals;
  const PrintedDecimal below = PercentOf(answers.high, fit->questions, decimals);
  const PrintedDecimal above = PercentOf(answers.low, fit->questions, decimals);
  findings.push_back(
      {Severity::kContradiction, "impossible entry", where,
       PrintedText(cell) + " is no whole number of " + std::to_string(fit->questions) + " questions: " +
           std::to_string(answers.high) + " are " + ToString(below) + ", " + std::to_string(answers.low) +
           " are " + ToString(above) + AverageSays(table, row, task, {below, above}),
       std::to_string(fit->whole) + " of the column's " + std::to_string(fit->cells) +
           " entries are whole numbers of that many questions, this one is not, a half rounded either way"});
}

AverageAudit AuditAverage(const PublishedTable& table, const PublishedRow& row, const TableAudit& audit,
                          Findings& findings) {
  AverageAudit result{.row = row.Name()};
  if (row.average) {
    const std::optional<PrintedDecimal>& percent = row.average->percent;
    result.printed = percent ? ToString(*percent) : row.average->text;
    result.value = percent ? std::optional(percent->fraction()) : std::nullopt;
  }
  const auto cells = CellsOf(table, row);
  if (!cells) {
    return result;
  }
  std::vector<Accuracy> accuracies;
  double sum = 0;
  for (size_t i = 0; i < cells->size(); ++i) {
    sum += (*cells)[i].value();
    if (const SplitFit* fit = ChosenFit(audit, table.tasks[i])) {
      accuracies.push_back({(*cells)[i].fraction(), fit->questions});
    }
  }
  result.recomputed = sum / static_cast<double>(cells->size()) / 100;
  if (accuracies.size() == cells->size()) {
    result.standard_error = AverageError(accuracies);
  }
  if (row.average && row.average->percent) {
    result.check = CheckAverage(*cells, *row.average->percent);
    if (result.check == AverageCheck::kImpossible) {
      findings.push_back(
          {Severity::kContradiction, "average", row.Name(),
           "the printed average is " + PrintedText(*row.average) + ", its entries' is " +
               FixedText(100 * *result.recomputed, std::max(0, row.average->percent->decimals + 1)),
           "unweighted mean of the row's entries, with all that rounding of entries and "
           "average allows"});
    }
  }
  return result;
}

void SummarizeAverages(const TableAudit& audit, Findings& findings) {
  const auto rounded = std::ranges::count(audit.averages, AverageCheck::kRounded, &AverageAudit::check);
  const auto checked = std::ranges::count_if(
      audit.averages, [](const AverageAudit& average) { return average.check.has_value(); });
  if (checked > 0) {
    findings.push_back({Severity::kNote, "average", "all rows",
                        std::to_string(rounded) + " of " + std::to_string(checked) +
                            " printed averages are the rounded mean of their row's entries",
                        "unweighted mean of the printed entries, a half rounded either way"});
  }
}

QuestionDifference DifferenceOf(const PrintedDecimal& a, const PrintedDecimal& b, int64_t questions) {
  const auto nearest = [&](const PrintedDecimal& cell) {
    return std::llround(cell.value() / 100 * static_cast<double>(questions));
  };
  const auto range = [&](const PrintedDecimal& cell) -> std::pair<int64_t, int64_t> {
    const RightAnswers answers = RightAnswersOf(cell, questions);
    return std::minmax(answers.low, answers.high);  // an impossible entry: its neighbours
  };
  return {.nearest = nearest(b) - nearest(a),
          .low = range(b).first - range(a).second,
          .high = range(b).second - range(a).first};
}

/// Nothing if a cell cannot be read or a size is not known.
std::optional<RowPair> PairOf(const PublishedTable& table, const TableAudit& audit, const PublishedRow& a,
                              const PublishedRow& b) {
  RowPair pair{.scale = a.scale, .a = a.Name(), .b = b.Name()};
  double macro = 0;
  for (const std::string& task : table.tasks) {
    const auto &of_a = a.cells.at(task).percent, &of_b = b.cells.at(task).percent;
    const SplitFit* fit = ChosenFit(audit, task);
    if (!of_a || !of_b || fit == nullptr) {
      return std::nullopt;
    }
    macro += (of_b->value() - of_a->value()) / 100 / static_cast<double>(table.tasks.size());
    const QuestionDifference difference = DifferenceOf(*of_a, *of_b, fit->questions);
    pair.questions[task] = difference;
    pair.sum.nearest += difference.nearest;
    pair.sum.low += difference.low;
    pair.sum.high += difference.high;
  }
  const auto a_average = CredibleAverage(table, a), b_average = CredibleAverage(table, b);
  pair.macro = a_average && b_average ? *b_average - *a_average : macro;
  return pair;
}

int64_t TotalQuestions(const PublishedTable& table, const TableAudit& audit) {
  int64_t total = 0;
  for (const std::string& task : table.tasks) {
    total += ChosenFit(audit, task)->questions;
  }
  return total;
}

/// Pairs whose order by macro average is not that by right answers.
void FindFlips(const PublishedTable& table, TableAudit& audit) {
  for (const PublishedRow& a : table.rows) {
    for (const PublishedRow& b : table.rows) {
      const auto pair = a.scale == b.scale && &a != &b ? PairOf(table, audit, a, b) : std::nullopt;
      if (pair && pair->macro > 0 && pair->sum.high < 0) {
        audit.findings.push_back(
            {Severity::kWeak, "macro against micro", b.Name() + " and " + a.method,
             "the average says " + SignedText(100 * pair->macro) + " points for " + b.method +
                 ", which answers " + std::to_string(-pair->sum.nearest) + " FEWER of " +
                 std::to_string(TotalQuestions(table, audit)) + " questions (" +
                 std::to_string(pair->sum.low) + " to " + std::to_string(pair->sum.high) +
                 " given the rounding)",
             "every entry as its nearest number of right answers, summed over the tasks; the average weighs "
             "all tasks alike"});
      }
    }
  }
}

ScoreSet ScoresOf(const PublishedTable& table, const TableAudit& audit, const PublishedRow& row) {
  ScoreSet set{.name = row.Name(), .average = CredibleAverage(table, row)};
  for (const std::string& task : table.tasks) {
    set.summaries.push_back(
        {task, "", row.cells.at(task).percent->fraction(), ChosenFit(audit, task)->questions});
  }
  return set;
}

/// What a paired test would need, as the end of a sentence; nothing if that is not known.
std::string PairedTestText(const std::optional<RequiredCorrelation>& needed) {
  if (!needed) {
    return "";
  }
  if (!needed->attainable) {
    return "; nor would it be in a paired test, even if no other answers had changed";
  }
  if (needed->correlation <= 0) {
    return "; a paired test finds it unless the two models' answers are negatively correlated";
  }
  return "; a paired test needs a correlation of " + FixedText(needed->correlation) +
         " between the two models' answers";
}

void DescribeSignificance(const RowPair& pair, const UnpairedComparison& comparison,
                          const std::optional<double>& error, double alpha, Findings& findings) {
  const UnpairedScore& score = comparison.average ? *comparison.average : comparison.tasks.front();
  if (!score.p) {
    return;
  }
  const bool significant = *score.p < alpha;
  std::string text = pair.b + " less " + pair.a + " is " + SignedText(100 * pair.macro) +
                     " points, z = " + FixedText(*score.z) + " between independent answers";
  if (error) {
    text += " (standard error of one average: " + FixedText(100 * *error) + ")";
  }
  if (!significant) {
    text += ": not significant" + PairedTestText(score.needed);
  }
  findings.push_back(
      {significant ? Severity::kNote : Severity::kWeak, "significance", pair.b + " and " + pair.a, text,
       "z = mean difference / sqrt(sum of p (1 - p) / n of both) * tasks; correlation at which z "
       "reaches the normal quantile, alike in every task"});
}

void ComparePairs(const PublishedTable& table, double alpha, TableAudit& audit) {
  std::map<std::string, const PublishedRow*> best;  // by scale
  const auto mean = [&](const PublishedRow& row) {
    double sum = 0;
    for (const auto& [task, cell] : row.cells) {
      sum += cell.percent->value();
    }
    return sum;
  };
  for (const PublishedRow& row : table.rows) {
    if (PairOf(table, audit, row, row)) {
      const PublishedRow*& known = best[row.scale];
      known = known == nullptr || mean(row) > mean(*known) ? &row : known;
    }
  }
  for (const PublishedRow& row : table.rows) {
    const auto known = best.find(row.scale);
    if (known == best.end() || known->second == &row) {
      continue;
    }
    if (auto pair = PairOf(table, audit, row, *known->second)) {
      audit.best.push_back(std::move(*pair));
      audit.significance.push_back(
          CompareUnpaired(ScoresOf(table, audit, row), ScoresOf(table, audit, *known->second), alpha));
    }
  }
  AdjustForMultiplicity(audit.significance);
  for (size_t i = 0; i < audit.best.size(); ++i) {
    const auto average = std::ranges::find(audit.averages, audit.best[i].b, &AverageAudit::row);
    DescribeSignificance(audit.best[i], audit.significance[i], average->standard_error, alpha,
                         audit.findings);
  }
}

void DescribePower(const PublishedTable& table, double alpha, TableAudit& audit) {
  std::vector<int64_t> sizes;
  for (const std::string& task : table.tasks) {
    if (const SplitFit* fit = ChosenFit(audit, task)) {
      sizes.push_back(fit->questions);
    }
  }
  if (sizes.size() < 2 || sizes.size() != table.tasks.size()) {
    return;
  }
  std::string text = "smallest difference of averages that a paired test is likely to find:";
  for (const double discordance : {0.08, 0.12, 0.20}) {
    text += (discordance == 0.08 ? " " : ", ") +
            FixedText(100 * DetectableAverageDifference(sizes, discordance, {.alpha = alpha}), 1) +
            " points if " + FixedText(100 * discordance, 0) + " % of the questions change outcome";
  }
  audit.findings.push_back({Severity::kNote, "power", "average", text,
                            "(z_alpha/2 + z_0.8) sqrt(share changed * sum of 1 / n) / tasks: 80 % power"});
}

}  // namespace

TableAudit AuditTable(const PublishedTable& table, double alpha) {
  TableAudit audit{.origin = table.origin, .tasks = table.tasks};
  AuditColumns(table, audit);
  for (const PublishedRow& row : table.rows) {
    for (const std::string& task : table.tasks) {
      AuditCell(table, row, task, ChosenFit(audit, task), audit.findings);
    }
    audit.averages.push_back(AuditAverage(table, row, audit, audit.findings));
    if (row.average && !row.average->percent && !row.average->text.empty()) {
      audit.findings.push_back(
          {Severity::kWeak, "unreadable entry", row.Name() + ", average",
           "\"" + row.average->text + "\" is not a percentage",
           "an entry is a number from 0 to 100, or from 0 to 1 in a column of fractions"});
    }
  }
  SummarizeAverages(audit, audit.findings);
  FindFlips(table, audit);
  ComparePairs(table, alpha, audit);
  DescribePower(table, alpha, audit);
  if (!table.fraction_columns.empty()) {
    audit.findings.push_back({Severity::kNote, "fractions", "header",
                              JoinedText(table.fraction_columns, ", "),
                              "no entry of these columns is above 1: they are read as fractions and shown in "
                              "percent"});
  }
  if (!table.ignored_columns.empty()) {
    std::string names;
    for (const std::string& name : table.ignored_columns) {
      names += (names.empty() ? "" : ", ") + name;
    }
    audit.findings.push_back({Severity::kNote, "columns not audited", "header", names,
                              "they are no task, and --questions does not name them"});
  }
  return audit;
}

}  // namespace vffn
