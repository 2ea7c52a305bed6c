// Logits for given token ids, so that anyone can compare with their own implementation. No torch in this
// header.
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

/// What was traced under one name: a value, or a row of them, for every token.
struct TracedTensor {
  std::vector<int64_t> shape;  ///< [B, T] or [B, T, n]
  std::variant<std::vector<float>, std::vector<int64_t>, std::vector<uint8_t>> values;
};

/// B sequences, right-padded to the longest one, T. Padding goes through the model like any token (what it
/// attends to is ahead of it, so it never touches a real one).
struct LogitsTable {
  int64_t batch = 0;
  int64_t length = 0;
  int64_t vocabulary = 0;
  std::vector<int64_t> input_ids;  ///< [B, T]
  std::vector<int64_t> lengths;    ///< [B]
  std::vector<float> logits;       ///< [B, T, V]
  /// "layer.{i}.{name}", with the names of VersatileFfn (model/ffn/versatile.h) and MoeFfn.
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
