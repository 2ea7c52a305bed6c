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

/// From the runs' ledgers. Clusters of questions are those of the samples beside the ledgers, else of `data`,
/// the folder of the data sets. Runs without a ledger, or of other tasks, another profile or other data are
/// in `not_compared`.
PairedRuns CompareRuns(std::span<const MeasuredRun> runs, const std::optional<std::filesystem::path>& data);

/// One for each comparison, and one of the runs that were not compared, with the reasons.
std::vector<Table> PairedTables(const PairedRuns& paired);

}  // namespace vffn
