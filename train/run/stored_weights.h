// The weights of a model in training as a checkpoint in memory.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <string>
#include <vector>

#include "model/weights/checkpoint.h"
#include "train/engine/parameter_store.h"

namespace vffn {

/// The master weights, for files and for evaluation. On the CPU it refers to them, so they must not change
/// while it is used; from a GPU they are copied once.
class StoredWeights : public Checkpoint {
 public:
  /// `parameters` must outlive it.
  StoredWeights(const ModelConfig& config, const ParameterStore& parameters);

  const ModelConfig& config() const override { return config_; }
  std::string format() const override { return "training"; }
  const std::vector<std::filesystem::path>& files() const override { return files_; }
  void Read(const std::string& parameter, std::span<float> out) const override;

 private:
  ModelConfig config_;
  const ParameterStore& parameters_;
  at::Tensor weights_;  // [P] float32 on the CPU
  std::vector<std::filesystem::path> files_;
};

}  // namespace vffn
