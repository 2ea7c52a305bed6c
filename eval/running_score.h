// The score of a task while its docs are being scored.
#pragma once

#include <cstdint>
#include <string>

#include "eval/ledger_row.h"
#include "eval/profiles.h"

namespace vffn {

/// The mean of the task's primary metric over the docs that were added.
class RunningScore {
 public:
  RunningScore(const Profile& profile, const LedgerTask& task);

  void Add(const ScoredDoc& doc);

  /// "acc_norm 41.2 of 120 docs", accuracies in percent. Empty if there is no mean yet: no doc, or a metric
  /// that is no mean of docs (f1, perplexities, bits per byte of texts scored in windows).
  std::string Text() const;

 private:
  LengthRule rule_;
  Metric metric_;
  bool has_mean_;
  double sum_ = 0;
  int64_t docs_ = 0;
};

}  // namespace vffn
