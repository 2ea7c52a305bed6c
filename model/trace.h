// What a forward pass shows of itself to who asks.
#pragma once

#include <ATen/ATen.h>

#include <string_view>

#include "model/trace_detail.h"

namespace vffn {

class Trace {
 public:
  virtual ~Trace() = default;

  virtual TraceDetail detail() const = 0;

  /// `value` is [T, ...], a row per row of the batch. The names, and how tokens are marked whose width branch
  /// did not run, are those of VersatileFfn (model/ffn/versatile.h).
  virtual void Record(int64_t layer, std::string_view name, const at::Tensor& value) = 0;
};

}  // namespace vffn
