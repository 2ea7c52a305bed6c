// Training the checkpoints of a manifest.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "runs/manifests/manifest.h"
#include "runs/manifests/manifest_runs.h"
#include "runs/setting_faults.h"
#include "train/config/training_config.h"

namespace vffn {

/// One training run of a manifest.
struct ManifestTrainingRun {
  const ManifestEntry* entry = nullptr;
  TrainingConfig config;
  std::filesystem::path output;  ///< TrainingFolderOf
};

/// The training runs of a manifest, in the order in which they can be trained. Throws Error, naming the
/// entry, if a configuration is wrong.
std::vector<ManifestTrainingRun> TrainingRunsOf(const Manifest& manifest, const ManifestOptions& options);

/// Notes what is wrong with an entry that is trained, before it is: its configuration, token files and
/// tokenizer, the folder, a model that is there already but was trained otherwise. Trains and writes nothing.
void CheckTraining(const Manifest& manifest, const ManifestOptions& options, const ManifestEntry& entry,
                   SettingFaults& faults);

/// Trains the runs that are not finished, one after the other. A run whose model is there is left alone if it
/// has the same configuration. Throws Error naming the entry, and Interrupted on a stop; with `resume`, the
/// next call goes on from the last checkpoint.
void TrainManifest(const Manifest& manifest, const ManifestOptions& options, const std::stop_token& stop);

}  // namespace vffn
