// The feed-forward half of a block.
#pragma once

#include <ATen/ATen.h>

namespace vffn {

class Ffn {
 public:
  virtual ~Ffn() = default;

  /// The block's output: x + ffn(norm(x)) for a dense FFN; x and the result are [T, d] float32.
  virtual at::Tensor forward(const at::Tensor& x) const = 0;
};

}  // namespace vffn
