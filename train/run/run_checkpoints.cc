#include "train/run/run_checkpoints.h"

#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/sha256.h"
#include "model/weights/checkpoint_writer.h"
#include "text/special_tokens.h"
#include "train/config/schedules.h"
#include "train/run/checkpoint_folder.h"
#include "train/run/stored_weights.h"

namespace vffn {
namespace {

TrainingState StateOf(const TrainOptions& options, const RunStart& run) {
  const TrainingConfig& config = options.config;
  return {.step = run.step,
          .tokens = run.step * config.global_batch * config.data.sequence_length,
          .position = run.step * config.global_batch,
          .seed = config.seed,
          .tau = Temperature(config, run.step + 1),
          .data_sha256 = run.data_sha256,
          .machine = run.machine,
          .config = Json::parse(ToJson(config).dump())};
}

TrainingProvenance ProvenanceOf(const TrainOptions& options, const TrainingState& state) {
  Sha256 hash;
  hash.Update(ToJson(options.config).dump());
  return {.from = options.config.start.from,
          .upcycled = options.config.start.upcycle.has_value(),
          .steps = state.step,
          .tokens = state.tokens,
          .config_sha256 = hash.Hex(),
          .program = options.program};
}

}  // namespace

void SaveCheckpoint(const TrainOptions& options, const RunStart& run) {
  try {
    const TrainingState state = StateOf(options, run);
    WriteTrainingCheckpoint(CheckpointPath(options.output, run.step),
                            {.model = &run.model->config(),
                             .parameters = &run.model->parameters(),
                             .state = state,
                             .provenance = ProvenanceOf(options, state),
                             .tokenizer = run.tokenizer});
    RemoveOldCheckpoints(options.output, options.config.checkpoints);
  } catch (const Error& error) {
    Fail(error.what(), ". ", LastCheckpoint(options.output));
  }
}

std::string LastCheckpoint(const std::filesystem::path& output) {
  const std::vector<int64_t> steps = CheckpointSteps(output);
  return steps.empty() ? "There is no checkpoint yet"
                       : "The last good checkpoint is " + CheckpointPath(output, steps.back()).string();
}

std::filesystem::path FinalModelPath(const std::filesystem::path& output) { return output / "final"; }

void SaveFinalModel(const TrainOptions& options, const RunStart& run) {
  const std::filesystem::path checkpoint = CheckpointPath(options.output, run.step);
  WriteOptions write;
  write.companions = TokenizerSideFiles(checkpoint);
  for (const char* name : {"tokenizer.json", kProvenanceFile}) {
    if (std::filesystem::exists(checkpoint / name)) {
      write.companions.push_back(checkpoint / name);
    }
  }
  const StoredWeights weights(run.model->config(), run.model->parameters());
  WriteCheckpoint(weights, CheckpointFormat::kVffn, FinalModelPath(options.output), write);
}

}  // namespace vffn
