// A training run, from its configuration to the trained model. No torch in this header.
//
// Files of the output folder:
//   config.json           the configuration, every field
//   metrics.jsonl         one line for each logged step, evaluations.jsonl one for each evaluation
//   (train/log) training_log.csv      the evaluations, for Figure 3 checkpoints/step-*/   what the run can go
//   on from (checkpoint_folder.h) final/                the trained model, without the optimiser's state
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/progress.h"
#include "runs/scores/results_file.h"
#include "train/config/training_config.h"

namespace vffn {

struct TrainOptions {
  TrainingConfig config;
  std::filesystem::path output;
  bool resume = false;                   ///< go on with the run in `output` if there is one
  bool allow_different_machine = false;  ///< Machine may differ from the checkpoint's
  ProgramInfo program;
  std::stop_token stop;          ///< ends the run after its step, with a checkpoint
  Progress* progress = nullptr;  ///< not shown if null
  /// Takes facts about the run, one line each, before the first step; only in the process of rank 0.
  std::function<void(const std::string& line)> announce = [](const std::string&) {};
};

struct TrainOutcome {
  bool first = false;  ///< this process is rank 0; the fields below losses are known to it alone
  int64_t steps = 0, tokens = 0;
  double loss = 0;                                     ///< of the last logged steps, as in metrics.jsonl
  std::optional<double> held_out_loss, bits_per_byte;  ///< of the last evaluation
  std::filesystem::path model;                         ///< OUTPUT/final
};

/// Trains. Under torchrun every process calls it with the same options (process_group.h); `output` is a
/// folder that all of them see. Rank 0 writes, evaluates, announces and shows progress.
///
/// A run that goes on from a checkpoint gives the same weights, bit for bit, as one that was not interrupted,
/// on the CPU of the same machine (Machine).
///
/// A line is logged for every log_every-th step and for every step with a checkpoint or an evaluation. At the
/// latest there, and before any checkpoint is written, a loss or gradient norm that is not finite ends the
/// run.
///
/// Throws Interrupted on a stop: the message says how to go on. Throws Error, naming the last good
/// checkpoint, which stays as it is: the loss is not finite, the disk is full, a checkpoint does not fit to
/// configuration, data, model or machine, `output` holds another run, a file cannot be read.
/// Returns nothing in processes of other ranks than 0.
std::optional<TrainOutcome> Train(const TrainOptions& options);

}  // namespace vffn
