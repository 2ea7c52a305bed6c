// What the authors' code computed from small models: tests/testdata/oracles.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/mapped_file.h"
#include "model/weights/tensor_view.h"

namespace vffn {

/// The tensors of one file of an oracle.
class OracleFile {
 public:
  OracleFile(const std::string& oracle, const std::string& file);

  /// Throws Error if there is no such tensor.
  std::vector<float> Floats(const std::string& name) const;
  std::vector<int64_t> Integers(const std::string& name) const;
  std::vector<uint8_t> Flags(const std::string& name) const;
  const std::vector<int64_t>& Shape(const std::string& name) const;
  bool Has(const std::string& name) const;
  std::vector<std::string> names() const;

 private:
  const TensorView& Find(const std::string& name) const;
  template <class T>
  std::vector<T> Values(const std::string& name) const;

  MappedFile file_;
  std::vector<TensorView> tensors_;
};

/// Sequences of token ids, right-padded.
struct OracleInput {
  explicit OracleInput(const OracleFile& file);  // its input_ids, and lengths if it has them

  std::vector<std::vector<int32_t>> sequences;
  int32_t padding = 0;
  std::vector<int64_t> input_ids;  // [B, T]
  std::vector<int64_t> lengths;    // [B]
  int64_t batch = 0, length = 0;   // B, T
};

Json ReadOracleJson(const std::string& oracle, const std::string& file);

/// A folder of the oracle's config.yaml and one of its two weight files.
std::filesystem::path CheckpointFolder(const std::string& name,
                                       const std::string& weights = "model.safetensors");

/// "top_k=2": what the oracle's checkpoint does not say.
std::string ModelArgs(const std::string& name);

}  // namespace vffn
