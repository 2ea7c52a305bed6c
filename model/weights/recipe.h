// How a format stores the parameters of a model. Readers and writers follow the same description.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/parameters.h"

namespace vffn {

/// The part of a parameter that a stored tensor holds.
enum class SourceRows {
  kShare,        ///< an equal share of its rows
  kQuery,        ///< n_heads * head_size rows
  kKeyValue,     ///< n_kv_heads * head_size rows
  kColumnShare,  ///< an equal share of its columns: the sources stand side by side
};

enum class RowOrder {
  kAsOurs,
  /// Rotary pairs are rows (2j, 2j + 1) of a head; ours are (j, j + rotary_size/2).
  kInterleaved,
  /// Queries, keys and values by heads: for each key-value head its queries, its key and its value
  /// (GPT-NeoX).
  kHeadGroups,
  /// The activated half of a gated FFN before the linear one (Phi-3). Of experts in one tensor: of each.
  kGateFirst,
};

/// One stored tensor, or several. In its name "{}" stands for the layer, "{e}" for the expert and "{h}" for
/// the head of a norm of queries or keys: such a source is a tensor for each of them, one after the other.
struct Source {
  std::string name;
  SourceRows rows = SourceRows::kShare;
  RowOrder order = RowOrder::kAsOurs;
  bool transposed = false;   ///< stored as [columns, rows] (GPT-2)
  int64_t skipped_rows = 0;  ///< the first rows of the tensor, which are not used (positions of OPT)
  bool plus_one = false;     ///< stored minus 1 (the norms of Gemma)
  bool stacks_experts =
      false;  ///< stored as [N, rows / N, columns], or, with kColumnShare, [N, rows, columns / N]
};

/// The name of a source's first tensor in the first layer.
std::string FirstName(const Source& source);

/// For each parameter, by its name with "{}" for the layer, the stored tensors that make it up. Those of
/// parameters that a model does not have, such as biases, do no harm.
using Recipe = std::map<std::string, std::vector<Source>>;

/// A row of a stored part in its parameter.
struct RowPlace {
  int64_t row = 0;
  int64_t column = 0;
};

/// A stored tensor: a part of a parameter.
struct StoredPart {
  std::string name;
  std::vector<int64_t> shape;  ///< as stored; a vector has one dimension, experts in one tensor have three
  Source source;
  int64_t rows = 0;     ///< of the part, experts one after the other, not transposed
  int64_t columns = 0;  ///< 1 for a vector
  RowPlace begin;       ///< of the part in the parameter

  // Sizes that the order of rows depends on.
  int64_t head_size = 0;
  int64_t rotary_size = 0;
  int64_t queries_per_group = 0;  ///< n_heads / n_kv_heads
  int64_t n_kv_heads = 0;
  int64_t n_experts = 0;

  /// Where row `stored` (0 to rows - 1) stands in the parameter.
  RowPlace PlaceOf(int64_t stored) const;

  /// Whether the part is its rows of the parameter, as they are.
  bool is_plain() const;
};

/// The stored tensors that make up a parameter, in the order of its rows (columns with kColumnShare). Throws
/// Error if the recipe has none or they do not add up to the parameter.
std::vector<StoredPart> PartsOf(const ParameterSpec& parameter, const Recipe& recipe,
                                const ModelConfig& config);

}  // namespace vffn
