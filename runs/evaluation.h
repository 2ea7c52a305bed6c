// One evaluation, from the options to the files that it writes.
#pragma once

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/launch_place.h"
#include "eval/evaluator.h"
#include "eval/transformer_scorer.h"
#include "model/weights/checkpoint.h"
#include "runs/compute_flags.h"
#include "runs/eval_trace.h"
#include "runs/folders/run_folder.h"
#include "runs/run_item.h"
#include "runs/scores/results_file.h"
#include "runs/setting_faults.h"
#include "runs/tokenizer_source.h"

namespace vffn {

/// As given on the command line or in a manifest.
struct EvaluationOptions {
  std::string model, tokenizer;  ///< an empty tokenizer is the model's own
  std::string tasks;             ///< comma-separated (SelectTasks)
  std::string include_path;      ///< folder of task files that `tasks` can name; empty: none
  std::string data = ".setup/data", profile = "olmo";
  std::string tokenizer_compat = "own";  ///< or "transformers-gguf" (GgufPipeline)
  std::string output_path = "output";    ///< of the RunFolder
  ComputeFlags compute;
  TraceFlags trace;
  double limit = 0;                   ///< first docs of each task, or a share of them if below 1; 0: all
  int workers = 0;                    ///< packs scored at the same time; 0: one for each core
  int64_t max_length = 0;             ///< 0: the model's
  std::optional<bool> add_bos_token;  ///< BOS before every sequence; absent: as the profile says
  int64_t show_requests = 0;          ///< docs of each task whose requests are printed first
  bool log_samples = false, resume = false;
  bool overwrite = false;  ///< remove what an earlier evaluation wrote (run_removal.h); not with resume
  RunItem item;
  Shard shard;          ///< which docs this process scores (RunPart)
  ProgramInfo program;  ///< named in all files
};

/// When weights are read.
enum class Loading {
  kAtOnce,      ///< while the docs are read
  kWhenNeeded,  ///< by RunEvaluation
};

/// An evaluation that is ready to run.
struct Evaluation {
  EvaluationOptions options;
  double unix_seconds = 0;  ///< when it was begun
  std::chrono::steady_clock::time_point start;
  ComputeOptions compute;
  std::unique_ptr<Checkpoint> checkpoint;
  ModelTokenizer tokenizer;
  EvaluationPlan plan;
  RunIdentity identity;
  std::future<std::unique_ptr<TransformerScorer>> loading;

  RunFolder folder() const { return RunFolder(options.output_path); }

  /// Begins to read the weights, unless it was begun.
  void StartLoading(Loading when = Loading::kWhenNeeded);
};

// What the files of a run say of it.
RunInfo InfoOf(const Evaluation& evaluation, const ScoringRecord& scoring);
LedgerHeader HeaderOf(const Evaluation& evaluation);
TracedRun TracedRunOf(const Evaluation& evaluation);

/// RunIdentity::ffn of a model: the options of an FFN decide its scores, wherever they come from.
std::string FfnIdentity(const ModelConfig& config);

/// The docs that `options` (tasks, data, profile, limit, add_bos_token) ask for, read, rendered and
/// tokenised for a model of that configuration. Throws SettingErrors with all options and files that are
/// wrong.
EvaluationPlan LoadPlan(const EvaluationOptions& options, const ModelTokenizer& tokenizer,
                        const ModelConfig& config);

/// Opens the checkpoint; reads, renders and tokenises the docs. Throws SettingErrors with all options and
/// files that are wrong.
Evaluation PrepareEvaluation(const EvaluationOptions& options, Loading loading);

/// Notes what is wrong with the options besides the model, its tokenizer and what depends on them. Reads the
/// docs; writes nothing.
void CheckWithoutModel(const EvaluationOptions& options, SettingFaults& faults);

/// Throws SettingErrors if the run cannot write its files: the folder or the disk, a ledger or a trace that
/// is there already or of another run, another process that writes them. Changes nothing.
void CheckOutput(const Evaluation& evaluation);

/// Whether nothing is left to run: the ledger has every doc, the trace (if requested) too, and results of
/// these docs were written. False if the ledger is of another model; throws Error if it is damaged.
bool IsFinished(const Evaluation& evaluation);

struct EvaluationOutcome {
  Results results;
  ScoringRecord scoring;                     ///< of this process
  std::vector<std::filesystem::path> files;  ///< written
};

/// CheckOutput; then scores the docs that the ledger lacks; writes results, and samples if requested. The
/// whole work of one process, whatever `options.shard` says. Throws Interrupted on a stop, and Error on
/// failure. In every case the ledger keeps all docs that were scored, and --resume continues.
EvaluationOutcome RunEvaluation(Evaluation& evaluation, const std::stop_token& stop);

}  // namespace vffn
