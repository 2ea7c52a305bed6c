// Checkpoints of every format behind one interface. Does not use torch: readers map files and convert rows to
// float32.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/matrix_rows.h"
#include "model/parameters.h"

namespace vffn {

/// An open checkpoint. No tensor is unknown, missing or misshapen. Thread safe: parameters may be read from
/// several threads.
class Checkpoint {
 public:
  virtual ~Checkpoint() = default;

  virtual const ModelConfig& config() const = 0;

  /// "gguf", "safetensors" or "pytorch" (Hugging Face), "olmo", "olmo_core" or "vffn".
  virtual std::string format() const = 0;

  /// The files that determine architecture and weights, in a fixed order: configuration, then weights.
  virtual const std::vector<std::filesystem::path>& files() const = 0;

  /// Writes the parameter of that name (ParameterSpecs) to `out` as float32, row-major; quantised blocks are
  /// dequantised. Throws Error if there is no such parameter, `out` does not have its number of elements, or
  /// a value is not finite; the last names tensor and index.
  virtual void Read(const std::string& parameter, std::span<float> out) const = 0;

  /// The same values of a parameter [rows, columns], converted when a row is read. May outlive the
  /// checkpoint. By default, all values are read at once. Throws Error if there is no such parameter.
  virtual std::shared_ptr<const MatrixRows> Rows(const std::string& parameter) const;
};

/// Opens a checkpoint. The contents determine the format:
///   a GGUF file;
///   a folder with model.json and model.safetensors (ours);
///   a folder with config.yaml and model.safetensors or model.pt (OLMo, unsharded);
///   a folder with config.json and safetensors or pytorch_model.bin, in one file or in shards (Hugging Face);
///   a folder with config.json and model_and_optim (OLMo-core, sharded);
///   the configuration, the file of weights or the index of shards of such a folder, which is read then.
/// `model_args` sets options of the model (ApplyModelArgs). Throws Error if a file is missing, truncated or
/// corrupt, the architecture or the format is not supported, or a tensor is unknown, missing or misshapen.
std::unique_ptr<Checkpoint> OpenCheckpoint(const std::filesystem::path& path,
                                           std::string_view model_args = "");

/// SHA-256 (hex) of the concatenated contents of checkpoint.files().
std::string Fingerprint(const Checkpoint& checkpoint);

}  // namespace vffn
