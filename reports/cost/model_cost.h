// What a model costs, three ways: by the paper's formula, by the exact arithmetic, and as executed by a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flops/expected_work.h"
#include "flops/loop_averages.h"
#include "flops/parameter_groups.h"
#include "runs/scores/results_file.h"

namespace vffn {

/// Of one token, FLOPs. What is absent needs something that is not known.
struct CostWays {
  std::optional<double> paper_ffn;    ///< the paper's formula: FFNs alone
  std::optional<MeanFlops> exact;     ///< what had to be computed
  std::optional<MeanFlops> executed;  ///< what the kernels computed
};

struct LayerCost {
  std::optional<LoopAverages> averages;  ///< of this layer
  CostWays per_token;                    ///< without the output head
};

/// One run of scoring, as far as it went in one process.
struct RunCost {
  int64_t docs = 0;
  int64_t query_tokens = 0;  ///< what the requests would be without sharing contexts
  WorkSize size;             ///< of the token tries
  ExecutedWork exact, executed;
  std::vector<int64_t> reused;  ///< per layer: FLOPs of experts that are exact and not executed (ReusedFlops)
  std::vector<LayerCost> layers;
};

struct ModelCost {
  std::string name;
  ModelConfig config;
  ParameterCounts parameters;
  ParameterCounts active;  ///< that compute one token
  /// Over (layer, token) pairs: assumed, or of the run. Absent if nothing was assumed or no loops are
  /// counted.
  std::optional<LoopAverages> averages;
  int64_t length = 0;  ///< of the sequence a token is taken from; 0: the run's tries
  CostWays per_token;  ///< of the whole model
  /// Where loop counts are predicted and nothing is known of them: if every token had 1 loop, and if every
  /// one had L_max.
  std::optional<CostWays> at_one_loop, at_most_loops;
  std::optional<RunCost> run;
};

/// From a configuration alone, for a token of a sequence of `length` tokens. `averages` are for models whose
/// loop counts are predicted; others ignore them. Throws Error if they are impossible.
ModelCost CostOf(std::string name, const ModelConfig& config, const std::optional<LoopAverages>& averages,
                 int64_t length);

/// From the model and the scoring work that a results file records. Throws Error, beginning with the file, if
/// it records none, or numbers that contradict each other.
ModelCost CostOfRun(std::string name, const ResultsFile& results);

}  // namespace vffn
