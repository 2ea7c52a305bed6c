#include "reports/reproduction/reproduction.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>

#include "analysis/holm.h"
#include "analysis/printed_scores.h"
#include "analysis/unpaired.h"
#include "base/error.h"
#include "flops/paper_formula.h"

namespace vffn {
namespace {

constexpr double kPercentScale = 100;
constexpr double kMillion = 1e6;

Quantity QuantityOf(const std::string& column) {
  return IsTaskColumn(column)              ? Quantity::kTask
         : column == "loss"                ? Quantity::kLoss
         : column == "average"             ? Quantity::kAverage
         : column == "parameters_millions" ? Quantity::kParameters
                                           : Quantity::kFlops;
}

/// The numbers of one paper, by row and column, and the facts of its tasks.
class PublishedIndex {
 public:
  PublishedIndex(std::span<const PublishedNumber> numbers, std::span<const Task> known)
      : tasks_(PublishedTasks(numbers)), known_(known) {
    for (const PublishedNumber& number : numbers) {
      const PaperRow row{number.table, number.scale, number.row};
      if (std::ranges::find(rows_, row) == rows_.end()) {
        rows_.push_back(row);
      }
      std::vector<std::string>& columns = columns_[number.table];
      if (std::ranges::find(columns, number.column) == columns.end()) {
        columns.push_back(number.column);
      }
      values_.emplace(Key(row, number.column), number.value);
    }
  }

  const std::vector<PaperRow>& rows() const { return rows_; }
  const std::vector<std::string>& tasks() const { return tasks_; }
  /// Null for a task that vffn does not know.
  const TaskFacts* FindFacts(std::string_view task) const {
    const auto found = std::ranges::find(known_, task, [](const Task& one) { return one.facts.name; });
    return found == known_.end() ? nullptr : &found->facts;
  }
  std::vector<std::string> tables() const {
    std::vector<std::string> tables;
    std::ranges::copy(std::views::keys(columns_), std::back_inserter(tables));
    return tables;
  }
  const std::vector<std::string>& Columns(const std::string& table) const { return columns_.at(table); }
  std::optional<std::string> Find(const PaperRow& row, const std::string& column) const {
    const auto found = values_.find(Key(row, column));
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  static std::string Key(const PaperRow& row, const std::string& column) {
    return row.table + "\n" + row.scale + "\n" + row.row + "\n" + column;
  }

  std::vector<std::string> tasks_;
  std::span<const Task> known_;
  std::vector<PaperRow> rows_;
  std::map<std::string, std::vector<std::string>> columns_;
  std::map<std::string, std::string> values_;
};

/// Error of a printed average: from the row's own tasks in Table 1, else the largest of its scale's
/// rows.
std::optional<double> PublishedAverageError(const PublishedIndex& published, const PaperRow& row) {
  std::optional<double> largest;
  for (const PaperRow& other : published.rows()) {
    if (other.table != "1" || other.scale != row.scale) {
      continue;
    }
    std::vector<Accuracy> accuracies;
    for (const std::string& task : published.tasks()) {
      const TaskFacts* facts = published.FindFacts(task);
      const auto value = published.Find(other, task);
      const auto printed = value ? ParsePrinted(*value) : std::nullopt;
      if (facts != nullptr && printed) {
        accuracies.push_back({printed->fraction(), facts->doc_count});
      }
    }
    const auto error =
        accuracies.size() == published.tasks().size() ? AverageError(accuracies) : std::nullopt;
    if (error && other.row == row.row) {
      return error;
    }
    if (error) {
      largest = std::max(largest.value_or(0), *error);
    }
  }
  return largest;
}

/// Whether a value in the unit of the printed number rounds to it.
bool RoundsTo(double value, const PrintedDecimal& printed) {
  constexpr double kSlack = 1e-9;  // of the floating-point numbers here
  return std::abs(value - printed.value()) <= printed.half() + kSlack;
}

/// Why a run's accuracies are not compared; empty: they are.
std::string WhyNotComparable(const MeasuredRun& run) {
  if (run.untrained) {
    return "UNTRAINED: not a result, not compared";
  }
  if (run.profile != "olmo") {
    return "profile " + run.profile + ": another protocol than the paper's (olmo), not compared";
  }
  return "";
}

std::string WhyNotComparable(const MeasuredRun& run, const MeasuredTask& task, const TaskFacts& facts) {
  if (task.split != facts.split) {
    return "split " + task.split + ", published is " + std::string(facts.split) + ": not compared";
  }
  if (task.missing > 0) {
    return "INCOMPLETE: " + std::to_string(task.missing) + " docs missing, those scored are no fair sample";
  }
  return WhyNotComparable(run);
}

void NoteImpossible(ReproductionCell& cell, const PrintedDecimal& printed, const TaskFacts& facts) {
  const RightAnswers right = RightAnswersOf(printed, facts.doc_count);
  cell.impossible = !right.possible();
  if (cell.impossible) {
    const auto percent = [&](int64_t k) { return ToString(PercentOf(k, facts.doc_count, printed.decimals)); };
    cell.notes.push_back("published " + *cell.published + " is no whole number of " +
                         std::to_string(facts.doc_count) + " questions: " + percent(right.high) + " and " +
                         percent(right.low) + " are the nearest");
  }
}

void FillTask(const MeasuredRun* run, const PublishedIndex& published, ReproductionCell& cell,
              const VerdictRule& rule) {
  const TaskFacts* facts = published.FindFacts(cell.column);
  if (facts == nullptr) {
    cell.notes.push_back("a column vffn has no task for");
    return;
  }
  const auto printed = cell.published ? ParsePrinted(*cell.published) : std::nullopt;
  if (printed) {
    NoteImpossible(cell, *printed, *facts);
  }
  const MeasuredTask* task = run == nullptr ? nullptr : run->FindTask(cell.column);
  if (task == nullptr) {
    return;
  }
  cell.ours = task->score.value;
  cell.standard_error = task->score.standard_error;
  cell.questions = task->docs;
  if (const std::string why = WhyNotComparable(*run, *task, *facts); !why.empty()) {
    cell.notes.push_back(why);
  } else if (printed && printed->value() <= kPercentScale) {
    cell.difference = DifferenceOf(Proportion{*cell.published_value, facts->doc_count},
                                   Proportion{task->score.value, task->docs}, rule.confidence());
  }
}

void FillAverage(const MeasuredRun& run, const PublishedIndex& published, ReproductionCell& cell,
                 const VerdictRule& rule) {
  std::vector<Estimate> scores;
  std::string why;
  int64_t questions = 0;
  for (const std::string& task : published.tasks()) {
    const TaskFacts* facts = published.FindFacts(task);
    const MeasuredTask* measured = run.FindTask(task);
    if (facts != nullptr && measured != nullptr) {
      scores.push_back(measured->score);
      questions += measured->docs;
      why = why.empty() ? WhyNotComparable(run, *measured, *facts) : why;
    }
  }
  if (scores.size() < published.tasks().size()) {
    cell.notes.push_back("ours has " + std::to_string(scores.size()) + " of the " +
                         std::to_string(published.tasks().size()) + " tasks: no average");
    return;
  }
  const Estimate average = AverageOf(scores);
  cell.ours = average.value;
  cell.standard_error = average.standard_error;
  cell.questions = questions;
  const auto error = PublishedAverageError(published, cell.row);
  if (!why.empty()) {
    cell.notes.push_back(why);
  } else if (cell.published_value && error && cell.standard_error) {
    cell.difference = DifferenceOf(Mean{*cell.published_value, *error},
                                   Mean{*cell.ours, *cell.standard_error}, rule.confidence());
  }
}

/// A number without an error: it is the printed one, rounded, or it is not.
void JudgeExact(ReproductionCell& cell, const PrintedDecimal& printed) {
  cell.verdict = RoundsTo(*cell.ours, printed) ? Verdict::kSame : Verdict::kDiffers;
}

/// Why a measured loss is not judged; empty: it is.
std::string WhyNotJudged(const MeasuredRun& run, const MeasuredLoss& loss) {
  if (run.untrained) {
    return "UNTRAINED: not a result, not compared";
  }
  if (loss.unfinished > 0) {
    return "INCOMPLETE: documents that were begun: " + std::to_string(loss.unfinished);
  }
  return "";
}

/// A loss of training that the user gave is what the paper prints; else the one that was measured.
void FillLoss(const MeasuredRun& run, ReproductionCell& cell, const VerdictRule& rule) {
  if (run.loss) {
    cell.ours = run.loss;
    cell.notes.push_back("ours is the loss of training, as it was given; its error is not known");
    return;
  }
  if (!run.measured_loss) {
    return;
  }
  const MeasuredLoss& loss = *run.measured_loss;
  const Estimate& nats = loss.summary.nats_per_token;
  cell.ours = nats.value;
  cell.standard_error = nats.standard_error;
  cell.documents = loss.summary.documents;
  cell.notes.push_back("published is a training loss on the paper's corpus (FineWeb-Edu); ours is of " +
                       loss.text + ", " + loss.window);
  if (const std::string why = WhyNotJudged(run, loss); !why.empty()) {
    cell.notes.push_back(why);
    return;
  }
  const auto printed = cell.published ? ParsePrinted(*cell.published) : std::nullopt;
  if (!printed || !nats.standard_error) {
    return;
  }
  cell.difference =
      DifferenceOf(Mean{printed->value(), 0},
                   Mean{nats.value, *nats.standard_error, loss.summary.documents - 1}, rule.confidence());
  if (!loss.paper_text) {
    cell.verdict = Verdict::kIncomparable;
  }
}

void FillParameters(const MeasuredRun& run, ReproductionCell& cell) {
  if (!run.parameters) {
    return;
  }
  cell.ours = static_cast<double>(*run.parameters) / kMillion;
  if (const auto printed = cell.published ? ParsePrinted(*cell.published) : std::nullopt) {
    JudgeExact(cell, *printed);
  }
}

/// Table 2 prints multiples of the rounded Base: k * 377.49.
bool IsMultipleOfRoundedBase(const MeasuredRun& run, const PrintedDecimal& printed, double flops) {
  const auto base = static_cast<double>(BaseFfnFlops(*run.config)) / kMillion;
  const double rounded_base = std::round(base * kPercentScale) / kPercentScale;
  return RoundsTo(rounded_base * flops / base, printed);
}

void FillFormulaFlops(const MeasuredRun& run, ReproductionCell& cell, const VerdictRule& rule) {
  const auto printed = cell.published ? ParsePrinted(*cell.published) : std::nullopt;
  if (const auto flops = run.config ? PaperFfnFlops(*run.config, std::nullopt) : std::nullopt) {
    cell.ours = *flops / kMillion;
    if (printed) {
      JudgeExact(cell, *printed);
      if (cell.verdict == Verdict::kDiffers && IsMultipleOfRoundedBase(run, *printed, *cell.ours)) {
        cell.verdict = Verdict::kSame;
        cell.notes.push_back("published is a multiple of the rounded Base");
      }
    }
    return;
  }
  if (run.traced) {
    cell.ours = run.traced->flops / kMillion;
    cell.notes.push_back("N_mean and P of " + run.traced->tasks + " (" + std::to_string(run.traced->docs) +
                         " docs), from the trace");
    if (run.traced->standard_error) {
      cell.standard_error = *run.traced->standard_error / kMillion;
    }
  } else if (run.cost && run.cost->per_token.paper_ffn) {
    cell.ours = *run.cost->per_token.paper_ffn / kMillion;
    cell.notes.push_back("N_mean and P of every token scored, all tasks; without a trace no error is known");
  }
  if (cell.ours && printed && run.untrained) {
    cell.notes.push_back("UNTRAINED: not a result, not compared");
  } else if (printed && cell.standard_error) {
    cell.difference =
        DifferenceOf(Mean{printed->value(), 0}, Mean{*cell.ours, *cell.standard_error, run.traced->docs - 1},
                     rule.confidence());
    const ConfidenceInterval& interval = cell.difference->interval;
    const bool leaves_out_zero = interval.low > 0 || interval.high < 0;
    cell.verdict = RoundsTo(*cell.ours, *printed) ? Verdict::kSame
                   : leaves_out_zero              ? Verdict::kDiffers
                                                  : Verdict::kCannotTell;
  }
}

void FillExecutedFlops(const MeasuredRun& run, ReproductionCell& cell) {
  if (!run.cost || !run.cost->per_token.executed) {
    cell.notes.push_back("the run's last process scored nothing: what was executed is not known");
    return;
  }
  cell.ours = run.cost->per_token.executed->FfnTotal() / kMillion;
}

void FillFlops(const MeasuredRun& run, ReproductionCell& cell, const VerdictRule& rule) {
  if (cell.column == "ffn_mflops_executed") {
    FillExecutedFlops(run, cell);
  } else {
    FillFormulaFlops(run, cell, rule);
  }
}

void Fill(const MeasuredRun* run, const PublishedIndex& published, ReproductionCell& cell,
          const VerdictRule& rule) {
  if (cell.quantity == Quantity::kTask) {
    FillTask(run, published, cell, rule);
    return;
  }
  if (run == nullptr) {
    return;
  }
  switch (cell.quantity) {
    case Quantity::kLoss:
      FillLoss(*run, cell, rule);
      break;
    case Quantity::kAverage:
      FillAverage(*run, published, cell, rule);
      break;
    case Quantity::kParameters:
      FillParameters(*run, cell);
      break;
    default:
      FillFlops(*run, cell, rule);
  }
}

/// Whether the whole split was scored and rounds to what was printed.
bool EqualAsPrinted(const ReproductionCell& cell, const PublishedIndex& published) {
  const auto printed = ParsePrinted(*cell.published);
  int64_t whole = 0;
  for (const std::string& task : published.tasks()) {
    const bool counts = cell.quantity == Quantity::kAverage || task == cell.column;
    const TaskFacts* facts = published.FindFacts(task);
    whole += counts && facts != nullptr ? facts->doc_count : 0;
  }
  return printed && cell.questions == whole && RoundsTo(PrintedScale(cell.quantity) * *cell.ours, *printed);
}

/// The tested tasks of a table are one family, its averages another, its losses the third.
void JudgeFamily(const PublishedIndex& published, const std::string& table, Quantity quantity,
                 const VerdictRule& rule, std::vector<ReproductionCell>& cells) {
  std::vector<ReproductionCell*> family;
  std::vector<std::optional<double>> p_values;
  for (ReproductionCell& cell : cells) {
    if (cell.row.table == table && cell.quantity == quantity && cell.difference &&
        cell.verdict == Verdict::kNone) {
      family.push_back(&cell);
      p_values.push_back(cell.difference->p);
    }
  }
  const auto adjusted = AdjustByHolm(p_values);
  const double margin = quantity == Quantity::kLoss ? rule.loss_margin : rule.margin;
  for (size_t i = 0; i < family.size(); ++i) {
    ReproductionCell& cell = *family[i];
    cell.adjusted_p = adjusted[i];
    const bool equal = quantity != Quantity::kLoss && EqualAsPrinted(cell, published);
    cell.verdict = Judge(*cell.difference, *adjusted[i], equal, rule.alpha, margin);
  }
}

std::vector<std::string> ColumnsOf(const PublishedIndex& published, const std::string& table) {
  std::vector<std::string> columns = published.Columns(table);
  if (std::ranges::find(columns, "ffn_mflops") != columns.end()) {
    columns.emplace_back("ffn_mflops_executed");
  }
  return columns;
}

/// Whether a run stands in a row: an untrained one only if the user said so.
bool Fills(const MeasuredRun& run, const PaperRow& row) {
  return (run.rows_named || !run.untrained) && std::ranges::find(run.rows, row) != run.rows.end();
}

void AddRow(const PublishedIndex& published, const PaperRow& row, std::optional<size_t> run,
            Reproduction& reproduction) {
  for (const std::string& column : ColumnsOf(published, row.table)) {
    ReproductionCell cell{.row = row, .column = column, .quantity = QuantityOf(column), .run = run};
    cell.published = published.Find(row, column == "ffn_mflops_executed" ? "ffn_mflops" : column);
    if (const auto printed = cell.published ? ParsePrinted(*cell.published) : std::nullopt) {
      cell.published_value = PrintedScale(cell.quantity) == 1 ? printed->value() : printed->fraction();
    }
    Fill(run ? &reproduction.runs[*run] : nullptr, published, cell, reproduction.rule);
    if (cell.published_value && cell.ours) {
      cell.delta = *cell.ours - *cell.published_value;
    }
    reproduction.cells.push_back(std::move(cell));
  }
}

}  // namespace

double PrintedScale(Quantity quantity) {
  return quantity == Quantity::kTask || quantity == Quantity::kAverage ? kPercentScale : 1;
}

Reproduction Reproduce(std::vector<MeasuredRun> runs, std::span<const PublishedNumber> published,
                       const VerdictRule& rule, std::span<const Task> known) {
  const PublishedIndex index(published, known);
  Reproduction reproduction{.rule = rule, .tasks = index.tasks(), .runs = std::move(runs)};
  for (const PaperRow& row : index.rows()) {
    bool any = false;
    for (size_t i = 0; i < reproduction.runs.size(); ++i) {
      if (Fills(reproduction.runs[i], row)) {
        AddRow(index, row, i, reproduction);
        any = true;
      }
    }
    if (!any) {
      AddRow(index, row, std::nullopt, reproduction);
    }
  }
  for (const std::string& table : index.tables()) {
    JudgeFamily(index, table, Quantity::kTask, rule, reproduction.cells);
    JudgeFamily(index, table, Quantity::kAverage, rule, reproduction.cells);
    JudgeFamily(index, table, Quantity::kLoss, rule, reproduction.cells);
  }
  return reproduction;
}

std::vector<size_t> OtherRuns(const Reproduction& reproduction) {
  std::vector<size_t> others;
  for (size_t i = 0; i < reproduction.runs.size(); ++i) {
    if (std::ranges::none_of(reproduction.cells,
                             [&](const ReproductionCell& cell) { return cell.run == i; })) {
      others.push_back(i);
    }
  }
  return others;
}

}  // namespace vffn
