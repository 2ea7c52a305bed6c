// Models of every family with the logits that transformers computes from them: tests/golden/architectures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace vffn {

/// One configuration of a family.
struct GoldenModel {
  std::string name;  ///< of the case
  Json config;       ///< config.json
  Json tensors;      ///< name: shape; "{}" in a name stands for each layer
  /// The rows of logits: sequence and position.
  std::vector<std::pair<size_t, size_t>> rows;
  std::vector<std::vector<float>> float32;   ///< the logits of each row
  std::vector<std::vector<float>> bfloat16;  ///< the same with operands of linear layers rounded to bfloat16
  std::vector<std::vector<float>> bfloat16_attention;  ///< and those of attention, too
  std::vector<std::vector<float>>
      bfloat16_outputs;  ///< as bfloat16, and with their products rounded, too; may be empty

  /// Writes config.json and model.safetensors with the tensors that transformers saves. Their values follow
  /// from their names (weights.py beside the golden files).
  void Write(const std::filesystem::path& folder) const;
};

struct GoldenFamily {
  std::vector<std::vector<int32_t>> sequences;  ///< token ids
  std::vector<GoldenModel> models;
};

/// Writes a safetensors file with the tensors (name: shape). Their values follow from their names.
void WriteGoldenTensors(const std::filesystem::path& path, const Json& tensors);

/// The names of all families, for instance "llama": their model_type.
std::vector<std::string> GoldenFamilyNames();

GoldenFamily ReadGoldenFamily(const std::string& name);

}  // namespace vffn
