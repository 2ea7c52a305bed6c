// Tables 1 to 5: published numbers, measured numbers, and verdicts on their differences.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/published/published_numbers.h"
#include "reports/reproduction/measured_run.h"
#include "reports/reproduction/verdict.h"
#include "tasks/task.h"

namespace vffn {

/// The quantity that a number measures, and its unit.
enum class Quantity {
  kLoss,        ///< nats a token
  kTask,        ///< accuracy, a fraction; printed in percent
  kAverage,     ///< unweighted, of the paper's tasks, a fraction; printed in percent
  kParameters,  ///< millions
  kFlops,       ///< of the FFNs, of one token: millions
};

/// What is printed over what is in a cell: 100 for accuracies, else 1.
double PrintedScale(Quantity quantity);

/// One number. Differences, intervals and errors are in its unit.
struct ReproductionCell {
  PaperRow row;
  std::string column;  ///< as in reports/published; "ffn_mflops_executed" beside "ffn_mflops"
  Quantity quantity = Quantity::kTask;
  std::optional<std::string> published;   ///< as printed
  std::optional<double> published_value;  ///< the same number
  std::optional<size_t> run;              ///< that measured it; absent: there is no run of this row
  std::optional<double> ours;
  std::optional<double> standard_error;  ///< of ours
  std::optional<int64_t> questions;      ///< ours: docs of the task, or of all the paper's
  std::optional<int64_t> documents;      ///< ours: of a measured loss
  std::optional<double> delta;           ///< ours - published
  std::optional<Difference> difference;  ///< the same with its interval, where it has one and is compared
  std::optional<double> adjusted_p;
  Verdict verdict = Verdict::kNone;
  bool impossible = false;         ///< no whole number of questions gives the published number
  std::vector<std::string> notes;  ///< "UNTRAINED: not a result, not compared"
};

struct Reproduction {
  VerdictRule rule;
  std::vector<std::string> tasks;  ///< the paper's (PublishedTasks)
  std::vector<MeasuredRun> runs;
  std::vector<LossRun> loss_runs;       ///< models without scores; filled by who read them
  std::vector<ReproductionCell> cells;  ///< in the paper's order; a row's runs one after the other
};

/// Compares. A cell has a verdict where both numbers exist and can be compared:
///   tasks       same profile ("olmo") and split, nothing missing, a trained model
///   averages    all of the paper's tasks so; a published average whose tasks are not printed gets the
///   largest
///               error that Table 1 gives for its scale
///   parameters  "same" if ours rounds to the printed number, else "differs"
///   FLOPs       as parameters where they are the same for every token; else by the error clustered by
///               document, if a trace gave one
///   losses      that were measured (MeasuredRun::measured_loss): "incomparable" unless the user says that
///               the text is of the paper's corpus; then by the error clustered by document, as if the
///               published loss were exact. Losses of training that the user gave have no verdict: their
///               error is not known
/// Untrained models fill only rows that they were named for. `known` are the tasks whose splits and sizes are
/// known; it may hold more tasks than the paper.
Reproduction Reproduce(std::vector<MeasuredRun> runs, std::span<const PublishedNumber> published,
                       const VerdictRule& rule, std::span<const Task> known = Tasks());

/// The runs that are no row of the paper, by index.
std::vector<size_t> OtherRuns(const Reproduction& reproduction);

}  // namespace vffn
