// The checkpoints that a run writes after its steps.
#pragma once

#include <filesystem>
#include <string>

#include "train/run/run_start.h"
#include "train/run/trainer.h"

namespace vffn {

/// Writes the checkpoint of the step that the run has reached, then removes those that are not kept. Throws
/// Error as WriteTrainingCheckpoint; the message names the last good checkpoint.
void SaveCheckpoint(const TrainOptions& options, const RunStart& run);

/// "The last good checkpoint is OUTPUT/checkpoints/step-000100", or that there is none.
std::string LastCheckpoint(const std::filesystem::path& output);

/// OUTPUT/final
std::filesystem::path FinalModelPath(const std::filesystem::path& output);

/// Writes the model alone, in our layout, with the tokenizer and the provenance of its checkpoint.
void SaveFinalModel(const TrainOptions& options, const RunStart& run);

}  // namespace vffn
