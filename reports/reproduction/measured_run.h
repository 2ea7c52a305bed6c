// One run of this program, as the tables show it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/document_loss.h"
#include "eval/metrics.h"
#include "model/config.h"
#include "reports/cost/model_cost.h"
#include "reports/reproduction/paper_rows.h"
#include "runs/folders/run_notes.h"
#include "runs/scores/results_file.h"

namespace vffn {

struct MeasuredTask {
  std::string task, split, metric;
  int64_t docs = 0;
  int64_t missing = 0;  ///< asked for and not scored: the run was cut short
  Estimate score;       ///< fraction; of a loss, in the metric's unit
  bool percent = true;  ///< people read a percentage; else it is a loss, which no average has
  bool counted = true;  ///< in the run's average; false of one form of a task that has two
  std::optional<Estimate> centred = {};  ///< on chance, a fraction; absent for losses

  /// Of the better form of a task that was asked in two: the benchmark's name, "" if it is none.
  std::optional<std::string> better_form_of = {};
};

/// The losses of a text that were measured beside the scores (vffn loss).
struct MeasuredLoss {
  std::string file;         ///< "output/4-loop/losses.jsonl"
  LossSummary summary;      ///< errors clustered by document
  std::string text;         ///< "wiki.jsonl, 120 documents, 512,000 bytes"
  std::string window;       ///< in which it was read, for people
  std::string dtype;        ///< of the computation
  bool paper_text = false;  ///< text of the corpus that the paper trained on, as the user says
  int64_t unfinished = 0;   ///< documents that were begun and not finished
};

/// The losses of a model without scores of tasks.
struct LossRun {
  std::string name;  ///< the user's, or the model's file; no two runs of a report have the same
  bool untrained = false;
  MeasuredLoss loss;

  /// As MeasuredRun::Label.
  std::string Label() const;
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
  std::string name;    ///< the user's, or the model's file; no two runs of a report have the same
  std::string model;   ///< path, as it was given
  std::string source;  ///< the file that tells the scores
  std::filesystem::path ledger = {};  ///< that has the scores of its questions; empty: there is none
  std::string profile;                ///< "olmo"
  std::string dtype;
  bool untrained = false;             ///< weights that never were trained as they are: numbers are no results
  std::vector<PaperRow> rows;         ///< of the paper; none: another model
  bool rows_named = false;            ///< by the user, not found by architecture
  std::optional<ModelConfig> config;  ///< absent, as the parameters: no file of the run tells it
  std::optional<int64_t> parameters;
  std::vector<MeasuredTask> tasks;
  std::optional<CentredAverage> centred;  ///< chance-centred; absent in results of older programs, too
  std::optional<ModelCost> cost;  ///< absent: the process that finished the run found all in its ledger
  std::optional<double> loss;     ///< of training, as the user gave it
  std::optional<MeasuredLoss> measured_loss;  ///< filled by who read the losses
  std::optional<TracedFlops> traced;          ///< filled by who read the trace
  std::vector<std::string> file_notes;        ///< which files were used (runs/scores/recorded_run.h)

  /// By the name in the run, or by the paper's name of a task in two forms. Null if there is none.
  const MeasuredTask* FindTask(std::string_view task) const;

  /// "NAME", or "NAME [UNTRAINED]": how its numbers are labelled everywhere.
  std::string Label() const;

  /// Of one token, on average over the tokens that went through the model; absent if that is not known.
  std::optional<double> ExecutedFfnMegaflops() const;
};

/// Throws Error, naming the file and what is missing, if the results are not of this program or have no
/// scores.
MeasuredRun MakeMeasuredRun(const ResultsFile& results, const RunNotes& notes);

}  // namespace vffn
