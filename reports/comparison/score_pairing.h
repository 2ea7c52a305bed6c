// Joins the scores of two models question by question.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "runs/scores/score_set.h"

namespace vffn {

struct PairingOptions {
  bool common_docs = false;  ///< compare what both have where one has more
  std::optional<std::filesystem::path>
      data;  ///< folder of the data sets, for clusters of ledgers without samples; need not exist
};

struct ScorePairing {
  std::vector<PairedTask> tasks;
  std::vector<std::string> notes;  ///< what was left out, what is incomplete, whether clusters were used
};

/// Throws Error, naming both sides, if the profiles differ, no task is in both, or a task differs in metric,
/// split, data, or in what was asked; if docs are in one side only (unless common_docs: then they are in the
/// notes); and if one side has ledgers and the other samples.
ScorePairing PairScores(const ScoreSet& a, const ScoreSet& b, const PairingOptions& options);

}  // namespace vffn
