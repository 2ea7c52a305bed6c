// The depth branch of VersatileFFN: H^(l) = F(H^(l-1)), H^(0) = H (Eq. 9), with F of Eq. 2 as the step.
#pragma once

#include <span>

#include "model/ffn/mlp.h"

namespace vffn {

/// H^(count) of every token, [T, d]. Tokens are ordered by loop count, and each iteration runs only those
/// that need it: a token costs exactly its own count. `counts` is [T] int64, 1 or more; `histogram` says how
/// many tokens have 1, 2, ... loops.
at::Tensor RunLoops(const FfnStep& step, const at::Tensor& h, const at::Tensor& counts,
                    std::span<const int64_t> histogram);

/// The same values, computed as the release does: every token runs to the largest count in the batch, then
/// its own state is selected (model.py:1131-1148).
at::Tensor RunLoopsMasked(const FfnStep& step, const at::Tensor& h, const at::Tensor& counts,
                          std::span<const int64_t> histogram);

}  // namespace vffn
