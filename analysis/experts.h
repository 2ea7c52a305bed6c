// Load of the routed experts: virtual experts of the width branch, or MoE's experts.
#pragma once

#include <optional>
#include <vector>

#include "analysis/counting.h"
#include "trace/trace_reader.h"

namespace vffn {

/// Of one layer. With shares p_e of the (token, expert) pairs; absent where no token was routed.
struct ExpertLoad {
  std::vector<int64_t> counts;        ///< [N] tokens routed to each expert
  std::vector<double> gate_weights;   ///< [N] sum of their gate weights
  int64_t routed_tokens = 0;          ///< the others had lambda = 0
  std::optional<double> entropy;      ///< -sum of p_e ln p_e, nats
  std::optional<double> evenness;     ///< entropy / ln N: 1 is even. Absent also for one expert
  std::optional<double> max_to_mean;  ///< largest load / mean load: 1 is even, N / k at most
  std::optional<double> variation;    ///< coefficient of variation: population standard deviation / mean
};

/// Under one convention.
struct ExpertCounts {
  Counting counting;
  int64_t tokens = 0;
  std::vector<ExpertLoad> layers;
};

class ExpertAnalysis {
 public:
  static constexpr TraceColumns kColumns = {.experts = true};

  /// Throws Error, saying what the model is, if its traces have no experts.
  explicit ExpertAnalysis(const TraceHeader& header);

  void Add(const DocTrace& doc);

  /// One for each of kCountings.
  std::vector<ExpertCounts> Result() const;

 private:
  TraceShape shape_;
  std::vector<ExpertCounts> sums_;
};

/// The statistics that follow from `counts`.
void Summarise(ExpertLoad& load);

}  // namespace vffn
