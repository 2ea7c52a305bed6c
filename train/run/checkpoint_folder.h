// The checkpoints of a training run: OUTPUT/checkpoints/step-000123/.
//
//   model.json, model.safetensors   the model in our layout (model/weights): `vffn eval` and others open it
//   optimizer.safetensors           the moments of AdamW: "first_moment.NAME" and "second_moment.NAME"
//   training.json                   TrainingState
//   tokenizer.json                  if the run has one, with the files that name its special tokens
//   provenance.json                 runs/provenance.h
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/weights/checkpoint.h"
#include "runs/provenance.h"
#include "train/config/training_config.h"
#include "train/engine/parameter_store.h"
#include "train/run/machine.h"

namespace vffn {

/// What a run needs to go on from a checkpoint, beside the tensors. The noise of a step depends on seed and
/// step alone, so there is no random state.
struct TrainingState {
  int64_t step = 0;      ///< optimiser steps done
  int64_t tokens = 0;    ///< trained on
  int64_t position = 0;  ///< in the order of sequences (SequenceOrder)
  uint64_t seed = 0;
  double tau = 0;           ///< temperature of the next step
  std::string data_sha256;  ///< TokenSequences::Fingerprint of the training data
  Machine machine;
  Json config;  ///< ToJson(TrainingConfig)
};

/// The checkpoint as a file system has it, "OUTPUT/checkpoints/step-000123".
std::filesystem::path CheckpointPath(const std::filesystem::path& output, int64_t step);

struct CheckpointParts {
  const ModelConfig* model = nullptr;
  const ParameterStore* parameters = nullptr;
  TrainingState state;
  TrainingProvenance provenance;
  std::filesystem::path tokenizer;  ///< copied; empty: none
};

/// Writes a checkpoint. The folder is on the disk, whole, or is not there. Throws Error: a value is not
/// finite (the parameter is named), the disk is full, the folder is there already.
void WriteTrainingCheckpoint(const std::filesystem::path& folder, const CheckpointParts& parts);

/// The steps of the checkpoints under OUTPUT, ascending. Folders of other names do not count.
std::vector<int64_t> CheckpointSteps(const std::filesystem::path& output);

/// Throws Error, naming the file: a file of the checkpoint is missing, or training.json is damaged.
TrainingState ReadTrainingState(const std::filesystem::path& folder);

/// Reads the moments into `parameters`. Throws Error, naming file and tensor: the file is truncated, a tensor
/// is missing, unknown or has another shape.
void ReadMoments(const std::filesystem::path& folder, ParameterStore& parameters);

/// Removes all checkpoints but the last `keep` ones and those of keep_steps.
void RemoveOldCheckpoints(const std::filesystem::path& output, const CheckpointConfig& config);

/// Removes what killed processes left: temporary files and folders in OUTPUT and OUTPUT/checkpoints. Call it
/// only while this process holds the run's lock (MetricsLog).
void RemoveUnfinished(const std::filesystem::path& output);

/// Bytes of a checkpoint's tensors.
int64_t CheckpointBytes(const ModelConfig& model);

}  // namespace vffn
