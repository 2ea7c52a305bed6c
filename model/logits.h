// Logits for given token ids, for comparison with other implementations. No torch in this header.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/compute.h"
#include "model/trace_detail.h"
#include "model/weights/checkpoint.h"

namespace vffn {

/// A traced quantity: one value, or one row of values, for every token.
struct TracedTensor {
  std::vector<int64_t> shape;  ///< [B, T] or [B, T, n]
  std::variant<std::vector<float>, std::vector<int64_t>, std::vector<uint8_t>> values;
};

/// B sequences, right-padded to the longest one, T. Padding does not go through the model: its logits and
/// traced values are 0.
struct LogitsTable {
  int64_t batch = 0;
  int64_t length = 0;
  int64_t vocabulary = 0;
  std::vector<int64_t> input_ids;  ///< [B, T]
  std::vector<int64_t> lengths;    ///< [B]
  std::vector<float> logits;       ///< [B, T, V]
  /// "layer.{i}.{name}", with the names of LayerTrace::Visit (model/trace.h).
  std::map<std::string, TracedTensor> trace;
};

struct LogitsOptions {
  ComputeOptions compute;
  int64_t batch_size = 8;  ///< sequences run at a time; the logits do not depend on it
  std::optional<TraceDetail> trace;
};

/// Throws Error if a sequence is empty, longer than the model, or has an id outside the vocabulary.
LogitsTable ComputeLogits(const Checkpoint& checkpoint, const std::vector<std::vector<int32_t>>& sequences,
                          int32_t padding, const LogitsOptions& options);

}  // namespace vffn
