// One run of ours, as its results file tells it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "eval/metrics.h"
#include "model/config.h"
#include "reports/cost/model_cost.h"
#include "reports/reproduction/paper_rows.h"

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

/// What a results file does not know, kept beside it in "run.json" (by `vffn reproduce`, or by hand). All
/// fields may be absent.
struct RunNotes {
  std::optional<std::string> name;
  std::optional<std::string> row;  ///< see ParsePaperRows
  std::optional<double> loss;      ///< nats a token
  bool untrained = false;
};

/// {"name", "row", "loss", "untrained"}. Throws Error, beginning with `origin`, on another field or type.
RunNotes ParseRunNotes(const Json& json, const std::string& origin);
OrderedJson ToJson(const RunNotes& notes);

/// From a results_*.json, or from the latest in a folder, with the run.json beside it. Throws Error, naming
/// the file and what is missing, if it is not one of vffn's.
MeasuredRun ReadMeasuredRun(const std::filesystem::path& path);

/// From its document.
MeasuredRun ParseMeasuredRun(const Json& results, const RunNotes& notes, const std::string& origin);

}  // namespace vffn
