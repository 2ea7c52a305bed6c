// One run of this program, as the tables show it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "eval/metrics.h"
#include "model/config.h"
#include "reports/cost/model_cost.h"
#include "reports/reproduction/paper_rows.h"
#include "runs/results_file.h"
#include "runs/run_notes.h"

namespace vffn {

struct MeasuredTask {
  std::string task, split, metric;
  int64_t docs = 0;
  int64_t missing = 0;  ///< asked for and not scored: the run was cut short
  Estimate score;       ///< fraction
};

/// FLOPs of a VersatileFFN's FFNs, from the trace of a run.
struct TracedFlops {
  double mean_loops = 0, share_below_max = 0;  ///< N_mean, P
  double flops = 0;                            ///< by the paper's formula, of one token, all layers
  std::optional<double> standard_error;        ///< clustered by document
  std::string tasks;                           ///< "arc_challenge"
  int64_t docs = 0;
};

struct MeasuredRun {
  std::string name;     ///< the user's, or the model's file
  std::string source;   ///< the results file
  std::string profile;  ///< "olmo"
  std::string dtype;
  bool untrained = false;      ///< weights that never were trained as they are: numbers are no results
  std::vector<PaperRow> rows;  ///< of the paper; none: another model
  bool rows_named = false;     ///< by the user, not found by architecture
  ModelConfig config;
  int64_t parameters = 0;
  std::vector<MeasuredTask> tasks;
  std::optional<ModelCost> cost;      ///< absent: the process that finished the run found all in its ledger
  std::optional<double> loss;         ///< of training, as the user gave it
  std::optional<TracedFlops> traced;  ///< filled by who read the trace

  const MeasuredTask* FindTask(std::string_view task) const;  ///< null if there is none

  /// "NAME", or "NAME [UNTRAINED]": how its numbers are labelled everywhere.
  std::string Label() const;

  /// Of one token, on average over the tokens that went through the model; absent if that is not known.
  std::optional<double> ExecutedFfnMegaflops() const;
};

/// Throws Error, naming the file and what is missing, if the results are not of this program or have no
/// scores.
MeasuredRun MakeMeasuredRun(const ResultsFile& results, const RunNotes& notes);

}  // namespace vffn
