// What a training run records about its steps: metrics.jsonl, one line for each logged step, and
// evaluations.jsonl, one line for each evaluation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"

namespace vffn {

/// Per layer; empty where the kind of FFN has no such thing.
struct LayerMetrics {
  std::vector<double> loop_shares;   ///< [L_max] share of tokens that drew 1, 2, ... loops
  std::optional<double> mean_loops;  ///< of the drawn counts
  std::optional<double> mean_lambda;
  std::vector<double> expert_load;  ///< [N] share of the T * k routed pairs

  bool operator==(const LayerMetrics&) const = default;
};

struct StepMetrics {
  int64_t step = 0;    ///< from 1
  int64_t tokens = 0;  ///< trained on so far, this step included
  double loss = 0;     ///< cross entropy as OLMo divides it: sum / (B T), nats; mean over the logged steps
  std::optional<double> balance_loss;  ///< mean over layers, coefficient not applied
  double learning_rate = 0;
  std::optional<double> tau;
  double gradient_norm = 0;  ///< before clipping
  double seconds = 0;        ///< of this step (mean over the logged steps)
  double tokens_per_second = 0;
  double flops = 0;  ///< executed by the step: forward and backward, loops that were skipped left out
  std::optional<double> utilisation;  ///< flops / seconds as a share of the GEMM peak, if that was measured
  int64_t peak_bytes = 0;             ///< resident memory (CPU) or allocated memory (GPU), highest so far
  std::vector<LayerMetrics> layers;

  /// Calls visit(name, field) for every field but `layers`.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("step", self.step);
    visit("tokens", self.tokens);
    visit("loss", self.loss);
    visit("balance_loss", self.balance_loss);
    visit("learning_rate", self.learning_rate);
    visit("tau", self.tau);
    visit("gradient_norm", self.gradient_norm);
    visit("seconds", self.seconds);
    visit("tokens_per_second", self.tokens_per_second);
    visit("flops", self.flops);
    visit("utilisation", self.utilisation);
    visit("peak_bytes", self.peak_bytes);
  }

  bool operator==(const StepMetrics&) const = default;
};

/// One evaluation during training.
struct EvaluationPoint {
  int64_t step = 0, tokens = 0;         ///< of training so far; 0: before the first step
  std::optional<double> held_out_loss;  ///< nats a token, over the tokens that are predicted
  std::optional<double> bits_per_byte;
  std::optional<double> sampled_held_out_loss;  ///< loop counts drawn as in training (VersatileFFN)
  struct Task {
    std::string task, metric;
    double score = 0;  ///< fraction
    int64_t docs = 0;

    bool operator==(const Task&) const = default;
  };
  std::vector<Task> tasks;

  bool operator==(const EvaluationPoint&) const = default;
};

/// One line each. Optional fields that are not set, empty lists and fields of layers without a value are left
/// out. Throws Error, naming the field, if a number is not finite: JSON has no NaN.
OrderedJson ToJson(const StepMetrics& metrics);
OrderedJson ToJson(const EvaluationPoint& point);

/// The inverse. Throws Error, beginning with `origin` and naming the field, if a field is missing, unknown or
/// of another type.
StepMetrics ParseStepMetrics(const Json& json, const std::string& origin);
EvaluationPoint ParseEvaluationPoint(const Json& json, const std::string& origin);

}  // namespace vffn
