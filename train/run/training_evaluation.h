// Evaluation during training: the loss over held-out sequences, and tasks.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <optional>
#include <stop_token>

#include "eval/evaluation_plan.h"
#include "eval/transformer_scorer.h"
#include "runs/tokenizer_source.h"
#include "train/config/training_config.h"
#include "train/engine/parameter_store.h"
#include "train/log/step_metrics.h"
#include "train/run/held_out_loss.h"

namespace vffn {

class TrainingEvaluation {
 public:
  /// Reads held-out sequences and tasks. `tokenizer` may be null: then there are no bits per byte, and tasks
  /// are an error. Throws Error if a file or an option is wrong.
  TrainingEvaluation(const TrainingConfig& config, const ModelConfig& model, const at::Device& device,
                     const ModelTokenizer* tokenizer);

  /// Whether there is anything to evaluate.
  bool empty() const { return !held_out_ && plan_.tasks.empty(); }

  /// Evaluates the weights as at inference, with the data type of training; the held-out loss also with loop
  /// counts that are drawn. Leaves `step` and `tokens` alone. Throws Interrupted on a stop.
  EvaluationPoint Run(const ModelConfig& model, const ParameterStore& parameters,
                      const std::stop_token& stop) const;

 private:
  ScorerOptions Options() const;

  at::Device device_;
  Dtype dtype_;
  std::optional<HeldOutSequences> held_out_;
  EvaluationPlan plan_;
};

/// Writes OUTPUT/training_log.csv from the logs of the run, for Figure 3 (reports/reproduction): for each
/// evaluation the mean training loss since the one before it and the mean accuracy of the tasks.
void WriteTrainingLog(const std::filesystem::path& output);

}  // namespace vffn
