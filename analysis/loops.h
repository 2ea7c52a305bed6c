// Loop counts per layer (Figure 4), the averages of the paper's FLOPs formula, and the FLOPs they give
// (Table 2).
#pragma once

#include <optional>
#include <vector>

#include "analysis/clustered_mean.h"
#include "analysis/counting.h"
#include "trace/trace_reader.h"

namespace vffn {

struct LayerLoops {
  std::vector<int64_t> histogram;  ///< [L_max]: tokens of 1, 2, ... loops
  std::optional<Estimate> mean;    ///< absent without tokens
};

/// FLOPs of the FFNs per token, all layers, one multiply-add being 2.
struct LoopFlops {
  std::optional<Estimate> paper;  ///< Base * N_mean + (MoE - Base) * P; absent where the paper has none
  double exact = 0;               ///< matrix products of both branches
  double routing = 0;             ///< of router and loop head, which the paper leaves out
};

/// Under one convention.
struct LoopCounts {
  Counting counting;
  int64_t tokens = 0;
  int64_t docs = 0;  ///< with such tokens
  std::vector<LayerLoops> layers;
  std::optional<Estimate> mean_loops;       ///< N_mean, over (layer, token) pairs
  std::optional<Estimate> share_below_max;  ///< P: loop count below L_max
  std::optional<LoopFlops> flops;           ///< absent without tokens
};

/// Docs in, counts out.
class LoopAnalysis {
 public:
  static constexpr TraceColumns kColumns = {.loop_counts = true};

  /// Throws Error, saying what the model is, if its traces have no loop counts.
  explicit LoopAnalysis(const TraceHeader& header);

  void Add(const DocTrace& doc);

  /// One for each of kCountings.
  std::vector<LoopCounts> Result() const;

 private:
  struct Layer {
    std::vector<int64_t> histogram;
    ClusteredMeans loops;
  };
  struct Sums {
    std::vector<Layer> layers;
    ClusteredMeans pairs;  // of loops, and of being below L_max
    int64_t tokens = 0, docs = 0;
  };

  void AddTo(Sums& sums, const Counting& counting, const DocTrace& doc) const;
  LoopCounts ResultOf(const Sums& sums, const Counting& counting) const;

  TraceHeader header_;
  std::vector<Sums> sums_;  // as kCountings
};

/// "a dense model: every token gets the same computation, so there is nothing adaptive to analyse", or what
/// else the model is.
std::string DescribeModel(const TraceHeader& header);

}  // namespace vffn
