// How a format stores the parameters of a model. Readers and writers follow the same description.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/parameters.h"

namespace vffn {

/// The number of rows of a parameter that a stored tensor holds.
enum class SourceRows {
  kShare,     ///< an equal share
  kQuery,     ///< n_heads * head_size
  kKeyValue,  ///< n_kv_heads * head_size
};

enum class RowOrder {
  kAsOurs,
  kInterleaved,  ///< rotary pairs are rows (2j, 2j + 1) of a head; ours are (j, j + head_size/2)
};

/// One stored tensor. "{}" in its name stands for the layer.
struct Source {
  std::string name;
  SourceRows rows = SourceRows::kShare;
  RowOrder order = RowOrder::kAsOurs;
};

/// For each parameter, by its name with "{}" for the layer, the stored tensors whose rows it stacks. Those of
/// parameters that a model does not have, such as biases, do no harm.
using Recipe = std::map<std::string, std::vector<Source>>;

/// A stored tensor: some rows of a parameter.
struct StoredPart {
  std::string name;
  std::vector<int64_t> shape;  ///< as ParameterSpec::shape: the rows of a vector are its elements
  RowOrder order = RowOrder::kAsOurs;
};

/// The stored tensors that make up a parameter, in the order of its rows. Throws Error if the recipe has none
/// or their rows do not add up to the parameter's.
std::vector<StoredPart> PartsOf(const ParameterSpec& parameter, const Recipe& recipe,
                                const ModelConfig& config);

}  // namespace vffn
