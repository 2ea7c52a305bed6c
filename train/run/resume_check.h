// Whether a run may go on from a checkpoint.
#pragma once

#include <filesystem>

#include "train/config/training_config.h"
#include "train/run/checkpoint_folder.h"

namespace vffn {

/// A run as it would go on.
struct ResumedRun {
  const TrainingConfig* config = nullptr;
  Machine machine;
  std::string data_sha256;
  bool allow_different_machine = false;
};

/// Throws Error that names every difference: in the configuration, the data, or, unless it is allowed, the
/// machine. What may differ: log_every, checkpoints, evaluation, the paths of data and tokenizer.
void CheckResumable(const std::filesystem::path& checkpoint, const TrainingState& state,
                    const ResumedRun& run);

}  // namespace vffn
