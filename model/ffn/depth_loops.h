// The depth branch of VersatileFFN with kernels. depth_branch.h has the plain formulation.
#pragma once

#include "model/ffn/mlp.h"
#include "model/ffn/token_orders.h"

namespace vffn {

/// H^(count) of every token (Eq. 9), [T, d] in the order of the places of `order`. Each iteration runs the
/// tokens that need it, in place. `hidden` [T, F], in the same order, receives the hidden values of the first
/// loop; undefined: they are not kept.
at::Tensor LoopInPlace(const FfnStep& step, const at::Tensor& h, const LoopOrder& order, at::Tensor hidden);

/// The same values in the order of tokens, computed as RunLoopsMasked does. `counts` is [T].
at::Tensor LoopMasked(const FfnStep& step, const at::Tensor& h, std::span<const int64_t> counts,
                      at::Tensor hidden);

}  // namespace vffn
