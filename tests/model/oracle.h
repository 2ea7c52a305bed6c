// The recorded logits in tests/testdata/oracles.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vffn {

struct Oracle {
  std::vector<std::vector<int32_t>> sequences;
  int32_t padding = 0;
  std::vector<int64_t> input_ids;  // [B, T]
  std::vector<int64_t> lengths;    // [B]
  std::vector<float> logits;       // [B, T, V]
};

Oracle ReadOracle(const std::string& name);

/// A folder of the oracle's config.yaml and one of its two weight files.
std::filesystem::path CheckpointFolder(const std::string& name, const std::string& weights);

}  // namespace vffn
