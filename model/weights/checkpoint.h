// Checkpoints of every format behind one interface. No torch here: readers map files and give rows of floats.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/config.h"

namespace vffn {

/// An open checkpoint whose tensors have all been accounted for: none unknown, missing or misshapen.
/// Thread safe: Read may be called from several threads.
class Checkpoint {
 public:
  virtual ~Checkpoint() = default;

  virtual const ModelConfig& config() const = 0;

  /// "gguf", "safetensors" (Hugging Face), "olmo" or "vffn".
  virtual std::string format() const = 0;

  /// The files whose bytes decide the weights and the architecture, in a fixed order (config, then shards).
  virtual const std::vector<std::filesystem::path>& files() const = 0;

  /// Writes one parameter (a ParameterSpecs name) as float32, row-major; quantised blocks are dequantised.
  /// `out` must have exactly its number of elements. Throws Error if a value is not finite, naming tensor and
  /// index.
  virtual void Read(const std::string& parameter, std::span<float> out) const = 0;
};

/// Opens a checkpoint; the format is told from the content:
///   FILE.gguf; a folder with config.json + model.safetensors or model.safetensors.index.json (Hugging Face);
///   a folder with config.yaml + model.safetensors or model.pt (OLMo unsharded);
///   a folder with model.json + model.safetensors (ours).
/// `model_args` sets options of the model (see ApplyModelArgs).
/// Throws Error on anything missing, unknown, misshapen, truncated or corrupt.
std::unique_ptr<Checkpoint> OpenCheckpoint(const std::filesystem::path& path,
                                           std::string_view model_args = "");

/// SHA-256 (hex) over the contents of checkpoint.files().
std::string Fingerprint(const Checkpoint& checkpoint);

}  // namespace vffn
