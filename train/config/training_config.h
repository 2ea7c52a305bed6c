// The configuration of a training run. Does not use torch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "model/compute.h"
#include "model/config.h"
#include "train/data/repetition_filter.h"

namespace vffn {

/// Where the first weights come from. Exactly one of `model` and `from` is given.
struct StartConfig {
  std::optional<ModelConfig> model;  ///< a new model, initialised at random
  std::string from;                  ///< a checkpoint of any format that OpenCheckpoint reads
  std::string model_args;            ///< of `from` (ApplyModelArgs), such as top_k=2
  std::optional<FfnConfig> upcycle;  ///< replaces the FFN of the dense model `from` (Upcycle)
  std::string tokenizer;             ///< tokenizer.json copied into checkpoints; empty: that of `from`

  bool operator==(const StartConfig&) const = default;
};

struct DataConfig {
  std::vector<std::string> train;     ///< token files, or folders that `vffn tokens` or dolma wrote
  std::vector<std::string> held_out;  ///< likewise; for the held-out loss; may be empty
  std::string dtype;                  ///< "uint16" or "uint32"; empty: as tokens.json says, else uint16
  int64_t sequence_length = 0;        ///< T, tokens of one training sequence
  bool shuffle = true;                ///< sequences in a random order, another one each epoch
  /// Repetitive sequences do not contribute to the loss; its divisor stays B T (OLMo's instance_filter).
  std::optional<RepetitionFilter> repetition_filter;

  bool operator==(const DataConfig&) const = default;
};

/// AdamW with decoupled weight decay, as OLMo's.
struct OptimizerConfig {
  double learning_rate = 5e-4;
  double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8;
  double weight_decay = 0.1;  ///< of linear weights, and of embeddings if `decay_embeddings`
  bool decay_norms_and_biases = false, decay_embeddings = true;
  double max_gradient_norm = 1.0;  ///< global clipping; 0: none

  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("beta1", self.beta1);
    visit("beta2", self.beta2);
    visit("epsilon", self.epsilon);
    visit("weight_decay", self.weight_decay);
    visit("decay_norms_and_biases", self.decay_norms_and_biases);
    visit("decay_embeddings", self.decay_embeddings);
    visit("max_gradient_norm", self.max_gradient_norm);
  }
  bool operator==(const OptimizerConfig&) const = default;
};

/// Linear warm-up from `start_factor` times the learning rate, then a cosine to `end_factor` times it.
struct ScheduleConfig {
  std::optional<int64_t> warmup_steps;  ///< nothing: `warmup_share` of all steps
  double warmup_share = 0.05;
  double start_factor = 0.01;       ///< OLMo's warmup_min_lr / learning_rate: 5e-6 of 5e-4
  double end_factor = 0.1;          ///< OLMo's alpha_f
  std::optional<int64_t> end_step;  ///< where the cosine ends; nothing: at the last step

  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("warmup_steps", self.warmup_steps);
    visit("warmup_share", self.warmup_share);
    visit("start_factor", self.start_factor);
    visit("end_factor", self.end_factor);
    visit("end_step", self.end_step);
  }
  bool operator==(const ScheduleConfig&) const = default;
};

/// Temperature of Eq. 10. It is multiplied by `decay` after each step until `end` is reached.
struct TauConfig {
  double start = 5.0, end = 0.1;
  double decay = 0.99984;
  std::optional<double> share;  ///< instead of `decay`: `end` is reached after this share of all steps

  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("start", self.start);
    visit("end", self.end);
    visit("decay", self.decay);
    visit("share", self.share);
  }
  bool operator==(const TauConfig&) const = default;
};

/// Loss terms beside the cross entropy.
struct LossConfig {
  double balance_coefficient = 1e-5;  ///< times Switch Transformer's balance loss; 0: none
  /// Times the same loss for loop counts: L_max sum_l f_l P_l, f the drawn shares, P the mean of
  /// softmax(logits) of the loop head. It keeps a layer from giving every token one count. Not in paper or
  /// release; 0: none.
  double loop_balance_coefficient = 0;

  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("balance_coefficient", self.balance_coefficient);
    visit("loop_balance_coefficient", self.loop_balance_coefficient);
  }
  bool operator==(const LossConfig&) const = default;
};

struct CheckpointConfig {
  int64_t every = 0;  ///< steps between checkpoints; 0: only at the end, and when the run is stopped
  int64_t keep = 2;   ///< of these, the last ones are kept; at least 1
  std::vector<int64_t> keep_steps;  ///< checkpoints written and kept whatever `every` and `keep` say

  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("every", self.every);
    visit("keep", self.keep);
    visit("keep_steps", self.keep_steps);
  }
  bool operator==(const CheckpointConfig&) const = default;
};

/// Evaluation during training: held-out loss and tasks.
struct EvaluationConfig {
  int64_t every = 0;  ///< steps; 0: none
  std::string tasks;  ///< comma-separated (ParseTaskList); empty: none
  std::string data;   ///< folder of the task data
  std::string profile = "olmo";
  double limit = 0;                ///< docs of each task; 0: all
  int64_t held_out_sequences = 0;  ///< of held-out data; 0: all

  /// All but `tasks` and `data`.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("every", self.every);
    visit("profile", self.profile);
    visit("limit", self.limit);
    visit("held_out_sequences", self.held_out_sequences);
  }
  bool operator==(const EvaluationConfig&) const = default;
};

struct TrainingConfig {
  StartConfig start;
  DataConfig data;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  TauConfig tau;
  LossConfig loss;
  CheckpointConfig checkpoints;
  EvaluationConfig evaluation;

  int64_t steps = 0;         ///< optimiser steps of the whole run
  int64_t global_batch = 0;  ///< sequences of one step, over all processes and micro-batches
  int64_t micro_batch = 0;   ///< sequences of one forward and backward pass; 0: as many as possible
  uint64_t seed = 0;         ///< of initial weights, order of sequences and Gumbel noise
  int64_t log_every = 1;     ///< steps between lines of the metrics log

  Dtype dtype = Dtype::kBfloat16;  ///< of linear layers' operands; master weights are float32
  std::string device = "auto";     ///< "cpu", "cuda", "cuda:1", "auto"
  int64_t threads = 0;             ///< CPU threads; 0: one for each core
  bool activation_checkpointing = false;

  /// The fields that are numbers, texts or flags; not `steps` and `dtype`.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("global_batch", self.global_batch);
    visit("micro_batch", self.micro_batch);
    visit("seed", self.seed);
    visit("log_every", self.log_every);
    visit("device", self.device);
    visit("threads", self.threads);
    visit("activation_checkpointing", self.activation_checkpointing);
  }
  bool operator==(const TrainingConfig&) const = default;
};

/// Parses a configuration file (JSON; docs/training.md describes it). Paths in it are relative to the file's
/// folder; in the result they are absolute. The length of the run may be given as "steps", "tokens" (rounded
/// up to whole steps) or "epochs" of the training data, whose files must be there then; the result has steps.
/// Throws Error, naming file and field, for a field that is unknown, missing, of another type or out of
/// range, and for fields that contradict each other.
TrainingConfig ReadTrainingConfig(const std::filesystem::path& path);
TrainingConfig ParseTrainingConfig(const Json& json, const std::string& origin,
                                   const std::filesystem::path& folder);

/// Throws Error, beginning with `origin` and naming the field, if a value is out of range or contradicts
/// another. Opens no file.
void Validate(const TrainingConfig& config, const std::string& origin);

/// Every field, defaults included: the inverse of ParseTrainingConfig.
OrderedJson ToJson(const TrainingConfig& config);

}  // namespace vffn
