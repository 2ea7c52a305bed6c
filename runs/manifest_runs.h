// Running the checkpoints of a manifest.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "runs/evaluation.h"
#include "runs/manifest.h"
#include "runs/recorded_run.h"

namespace vffn {

struct ManifestOptions {
  std::filesystem::path output;
  std::string data;             ///< instead of the manifest's folder; empty: the manifest's
  std::optional<double> limit;  ///< instead of the manifest's limits, for every checkpoint; 0: all docs
  bool resume = false;          ///< continue with the runs in `output`; finished ones are not run again
  ProgramInfo program;
};

std::filesystem::path DataFolder(const Manifest& manifest, const ManifestOptions& options);

/// The folder of an entry's run.
RunFolder RunFolderOf(const ManifestOptions& options, const ManifestEntry& entry);

/// Both in the order of the manifest's checkpoints.
struct ManifestRuns {
  std::vector<RecordedRun> finished;
  std::vector<std::unique_ptr<Evaluation>> evaluations;  ///< null if the page does not show its questions
};

/// Checks every checkpoint, then runs them one by one. Throws Error naming the entry, and Interrupted on a
/// stop.
ManifestRuns RunManifest(const Manifest& manifest, const ManifestOptions& options,
                         const std::stop_token& stop);

}  // namespace vffn
