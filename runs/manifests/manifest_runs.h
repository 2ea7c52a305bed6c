// Running the checkpoints of a manifest.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "runs/evaluation.h"
#include "runs/losses/loss_evaluation.h"
#include "runs/manifests/manifest.h"
#include "runs/scores/recorded_run.h"

namespace vffn {

struct ManifestOptions {
  std::filesystem::path output;
  std::string data;             ///< instead of the manifest's folder; empty: the manifest's
  std::optional<double> limit;  ///< instead of the manifest's limits, for every checkpoint; 0: all docs
  bool resume = false;          ///< continue with the runs in `output`; finished ones are not run again
  bool overwrite = false;       ///< replace the runs in `output`; trained models stay
  LaunchPlace place;            ///< which docs of each checkpoint this process scores
  ProgramInfo program;
};

std::filesystem::path DataFolder(const Manifest& manifest, const ManifestOptions& options);

/// The folder of an entry's run.
RunFolder RunFolderOf(const ManifestOptions& options, const ManifestEntry& entry);

/// The folder in which a checkpoint is trained (train/run/trainer.h).
std::filesystem::path TrainingFolderOf(const ManifestOptions& options, const ManifestEntry& entry);

/// The checkpoint that an entry evaluates: its own, or the model that training leaves.
std::filesystem::path ModelOf(const Manifest& manifest, const ManifestOptions& options,
                              const ManifestEntry& entry);

/// The part of a manifest whose checkpoints are there already. Controls of others, models of the page and
/// tables of the study lose what is not there. Throws Error if nothing is left.
Manifest PartWithCheckpoints(Manifest manifest, const ManifestOptions& options);

/// Calls `body`; an error names the entry.
void ForEntry(const ManifestEntry& entry, const std::function<void()>& body);

/// As RunManifest, for one of several processes: scores its part of every checkpoint's run
/// (part_evaluation.h) and of its losses. Returns whether all runs are whole then, so that RunManifest finds
/// nothing left to do.
bool RunManifestPart(const Manifest& manifest, const ManifestOptions& options, const std::stop_token& stop);

/// Runs the checkpoints one by one (CheckManifest comes first): tasks, and the loss on the manifest's text
/// with the entry's options and with each of its controls. Returns the runs in the order of the manifest's
/// checkpoints. Throws Error naming the entry, and Interrupted on a stop.
std::vector<RecordedRun> RunManifest(const Manifest& manifest, const ManifestOptions& options,
                                     const std::stop_token& stop);

}  // namespace vffn
