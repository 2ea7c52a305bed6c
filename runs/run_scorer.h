// The scorer of a run: a model's scorer, with the run's trace and the times of its record.
#pragma once

#include <chrono>
#include <optional>

#include "eval/transformer_scorer.h"
#include "runs/eval_trace.h"
#include "runs/scores/results_file.h"

namespace vffn {

/// Passes everything on to the model's scorer, tells the trace which docs come, and measures the time from
/// `start` until the first scores.
class RunScorer : public Scorer {
 public:
  RunScorer(TransformerScorer& scorer, EvalTrace& trace, std::chrono::steady_clock::time_point start);

  void Score(std::span<const RequestDoc> docs, const Done& done, std::stop_token stop) override;
  int64_t max_sequence_length() const override { return scorer_.max_sequence_length(); }

  /// The work and time so far.
  ScoringRecord Record() const;

 private:
  TransformerScorer& scorer_;
  EvalTrace& trace_;
  std::chrono::steady_clock::time_point start_;
  std::optional<double> seconds_to_first_score_;
};

}  // namespace vffn
