// Paired comparisons of runs, on the questions that both were asked.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/comparison/comparison_table.h"
#include "reports/reproduction/measured_run.h"

namespace vffn {

struct PairedRuns {
  struct Failure {
    std::string run, why;
  };

  ComparisonOptions options;
  std::vector<ComparisonReport> reports;  ///< every other run against the first, one family for Holm
  std::vector<Failure> not_compared;
};

/// From the ledgers beside the results. `data` is the folder of the data sets, for clusters of questions;
/// absent: no clusters are known. Runs without a ledger, or of other tasks, another profile or other data are
/// in `not_compared`.
PairedRuns CompareRuns(std::span<const MeasuredRun> runs, const std::optional<std::filesystem::path>& data);

/// One for each comparison, and one of the runs that were not compared, with the reasons.
std::vector<Table> PairedTables(const PairedRuns& paired);

}  // namespace vffn
