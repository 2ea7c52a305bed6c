// The runs of a manifest, made or found.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "apps/evaluation.h"
#include "reports/reproduction/finished_run.h"
#include "reports/reproduction/manifest.h"

namespace vffn {

struct ManifestOptions {
  std::filesystem::path output;
  std::string data;             ///< instead of the manifest's; empty: the manifest's
  std::optional<double> limit;  ///< instead of the manifest's, for every checkpoint; 0: all docs
  bool resume = false;          ///< go on with what is in output; finished runs are not run again
};

std::filesystem::path DataFolder(const Manifest& manifest, const ManifestOptions& options);

/// Where an entry's run lies.
std::filesystem::path RunFolder(const ManifestOptions& options, const ManifestEntry& entry);

/// Both as the manifest's checkpoints.
struct ManifestRuns {
  std::vector<FinishedRun> finished;
  std::vector<std::unique_ptr<Evaluation>> evaluations;  ///< null unless the page shows its questions
};

/// Looks at every checkpoint before the first one runs for hours, then runs them one by one. Throws Error,
/// naming the entry, and Interrupted on a stop.
ManifestRuns RunManifest(const Manifest& manifest, const ManifestOptions& options,
                         const std::stop_token& stop);

}  // namespace vffn
