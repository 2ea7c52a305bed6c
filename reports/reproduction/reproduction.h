// Tables 1 to 5: what was published beside what was measured, and what may be said about the difference.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/published/published_numbers.h"
#include "reports/reproduction/measured_run.h"
#include "reports/reproduction/verdict.h"

namespace vffn {

/// What a number is of, and its unit.
enum class Quantity {
  kLoss,        ///< nats a token
  kTask,        ///< accuracy, percent
  kAverage,     ///< unweighted, of the eight tasks, percent
  kParameters,  ///< millions
  kFlops,       ///< of the FFNs, of one token: millions
};

/// One number. Differences, intervals and errors are in its unit.
struct ReproductionCell {
  PaperRow row;
  std::string column;  ///< as in reports/published; "ffn_mflops_executed" beside "ffn_mflops"
  Quantity quantity = Quantity::kTask;
  std::optional<std::string> published;  ///< as printed
  std::optional<size_t> run;             ///< whose number; absent: there is no run of this row
  std::optional<double> ours;
  std::optional<double> standard_error;  ///< of ours
  std::optional<int64_t> questions;      ///< ours: docs of the task, or of all eight
  std::optional<double> delta;           ///< ours - published
  std::optional<Difference> difference;  ///< the same with its interval, where it has one and is compared
  std::optional<double> adjusted_p;
  Verdict verdict = Verdict::kNone;
  std::vector<std::string> notes;  ///< "no whole number of 1838 questions: 67.14 and 67.19 are"
};

struct Reproduction {
  VerdictRule rule;
  std::vector<MeasuredRun> runs;
  std::vector<ReproductionCell> cells;  ///< in the paper's order; a row's runs one after the other
};

/// Compares. A cell has a verdict where both numbers exist and can be compared:
///   tasks       same profile ("olmo") and split, nothing missing, not an untrained model
///   averages    all eight tasks so; a published average whose tasks are not printed gets the largest error
///               that Table 1 gives for its scale
///   parameters  "same" if ours rounds to the printed number, else "differs"
///   FLOPs       as parameters where they are the same for every token; else by the error clustered by
///               document, if a trace gave one
///   losses      none: their error is not known
/// Untrained models never fill a row they were not named for.
Reproduction Reproduce(std::vector<MeasuredRun> runs, std::span<const PublishedNumber> published,
                       const VerdictRule& rule);

/// The runs that are no row of the paper, by index.
std::vector<size_t> OtherRuns(const Reproduction& reproduction);

}  // namespace vffn
