// The beginning of a training run, new or resumed.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <memory>
#include <string>

#include "train/data/training_data.h"
#include "train/engine/training_model.h"
#include "train/log/metrics_log.h"
#include "train/run/machine.h"
#include "train/run/process_group.h"
#include "train/run/trainer.h"

namespace vffn {

/// A run that is ready for its next step.
struct RunStart {
  int64_t step = 0;  ///< steps done
  at::Device device = at::kCPU;
  std::unique_ptr<TokenSequences> data;
  std::string data_sha256;
  Machine machine;
  std::unique_ptr<TrainingModel> model;
  std::unique_ptr<MetricsLog> log;  ///< null but in rank 0
  std::filesystem::path tokenizer;  ///< OUTPUT/tokenizer.json; empty if the run has none
};

/// Throws Error if the folder holds a run. One that ended before its first logged step, with nothing but a
/// configuration and empty logs, counts as absent.
void CheckNoRun(const std::filesystem::path& output);

/// Opens data and weights, those of the newest checkpoint if the run is resumed, and makes the output folder.
/// Throws Error as Train.
RunStart StartRun(const TrainOptions& options, const at::Device& device, ProcessGroup& group);

}  // namespace vffn
