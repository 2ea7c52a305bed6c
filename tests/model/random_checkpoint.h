// A checkpoint of random weights, for tests of what does not depend on their values.
#pragma once

#include <cmath>
#include <random>

#include "model/weights/checkpoint.h"

namespace vffn {

class RandomCheckpoint : public Checkpoint {
 public:
  explicit RandomCheckpoint(ModelConfig config) : config_(config) {}

  const ModelConfig& config() const override { return config_; }
  std::string format() const override { return "random"; }
  const std::vector<std::filesystem::path>& files() const override { return files_; }

  /// Norm weights near 1, matrices scaled so that activations keep their size; the same values for a name
  /// every time.
  void Read(const std::string& parameter, std::span<float> out) const override {
    std::mt19937 generator(static_cast<uint32_t>(std::hash<std::string>()(parameter)));
    std::normal_distribution<float> normal;
    const bool is_norm = parameter.find("norm") != std::string::npos;
    const float scale =
        parameter == "embedding.weight" ? 1.0f : 1.0f / std::sqrt(static_cast<float>(config_.d_model));
    for (float& value : out) {
      value = is_norm ? 1.0f + 0.1f * normal(generator) : scale * normal(generator);
    }
    if (parameter == broken_) {
      out[0] = std::numeric_limits<float>::quiet_NaN();
    }
  }

  /// Puts a NaN into one parameter.
  void Break(const std::string& parameter) { broken_ = parameter; }

 private:
  ModelConfig config_;
  std::vector<std::filesystem::path> files_;
  std::string broken_;
};

inline ModelConfig TinyConfig() {
  return {.d_model = 48,
          .n_layers = 3,
          .n_heads = 6,
          .n_kv_heads = 2,
          .head_size = 8,
          .ffn_hidden_size = 80,
          .vocab_size = 301,
          .max_sequence_length = 512,
          .tied_head = false};
}

}  // namespace vffn
