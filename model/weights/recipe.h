// How a format stores our parameters: read by the readers, followed by the writers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/config.h"

namespace vffn {

/// Which rows of a parameter a stored tensor holds. A parameter is its sources stacked.
enum class SourceRows {
  kShare,     ///< an equal share
  kQuery,     ///< n_heads * head_size
  kKeyValue,  ///< n_kv_heads * head_size
};

enum class RowOrder {
  kAsOurs,
  kInterleaved,  ///< rotary pairs are rows (2j, 2j+1) of a head, ours are (j, j + head_size/2)
};

/// One stored tensor; "{}" in its name stands for the layer.
struct Source {
  std::string name;
  SourceRows rows = SourceRows::kShare;
  RowOrder order = RowOrder::kAsOurs;
};

/// For each of our parameters, by its name with "{}" for the layer, the stored tensors that make it up.
using Recipe = std::map<std::string, std::vector<Source>>;

/// A stored tensor of one layer: some rows of a parameter.
struct StoredPart {
  std::string name;
  std::vector<int64_t> shape;
  RowOrder order = RowOrder::kAsOurs;
};

/// The stored tensors that make up a parameter, in the order of its rows.
std::vector<StoredPart> PartsOf(const ParameterSpec& parameter, const Recipe& recipe,
                                const ModelConfig& config);

}  // namespace vffn
