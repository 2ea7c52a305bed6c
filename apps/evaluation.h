// One evaluation, from the files it is given to those it leaves.
#pragma once

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "apps/compute_flags.h"
#include "apps/eval_trace.h"
#include "eval/evaluator.h"
#include "eval/ledger.h"
#include "eval/transformer_scorer.h"
#include "model/weights/checkpoint.h"
#include "text/tokenizer.h"

namespace vffn {

struct EvaluationOptions {
  std::string model, tokenizer, tasks, data = ".setup/data", profile = "olmo";
  std::string tokenizer_compat = "own", output_path = "output";
  ComputeFlags compute;
  TraceFlags trace;
  double limit = 0;
  int workers = 0;
  int64_t max_length = 0;
  bool add_bos_token = false, log_samples = false, resume = false;
};

/// When weights are read.
enum class Loading {
  kAtOnce,      ///< while the docs are
  kWhenNeeded,  ///< by RunEvaluation
};

/// An evaluation of which everything is known but the scores.
struct Evaluation {
  EvaluationOptions options;
  double unix_seconds = 0;  ///< when it was begun
  std::chrono::steady_clock::time_point start;
  ComputeOptions compute;
  std::unique_ptr<Checkpoint> checkpoint;
  std::unique_ptr<const Tokenizer> tokenizer;
  EvaluationPlan plan;
  LedgerIdentity identity;
  std::future<std::unique_ptr<TransformerScorer>> loading;

  std::filesystem::path ledger_path() const;
};

/// Opens the checkpoint, reads, renders and tokenises the docs. Throws Error on anything wrong with any of
/// them.
Evaluation PrepareEvaluation(const EvaluationOptions& options, Loading loading);

/// Whether its ledger has every doc, its trace (if it is to have one) too, and its results were written: then
/// there is nothing left to run. False for the ledger of another model; throws Error on a damaged one.
bool IsFinished(const Evaluation& evaluation);

struct EvaluationOutcome {
  Results results;
  std::vector<std::filesystem::path> files;  ///< written
};

/// Scores what is missing, writes results (and samples). Throws Interrupted on a stop, Error on anything
/// else; whatever is thrown, all docs that were done are in the ledger, and --resume goes on.
EvaluationOutcome RunEvaluation(Evaluation& evaluation, const std::stop_token& stop);

}  // namespace vffn
