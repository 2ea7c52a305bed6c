// The depth branch: the whole dense FFN applied again and again (Eq. 9), H^(l) = F(H^(l-1)), H^(0) = H.
#pragma once

#include "model/ffn/swiglu.h"

namespace vffn {

/// H^(count) of every token, [T, d]. Tokens are ordered by loop count, and each iteration runs only those
/// that are still active: a token's cost is its own count. `counts` is [T] int64, 1 or more.
at::Tensor RunLoops(const SwiGlu& ffn, const at::Tensor& h, const at::Tensor& counts);

/// The same values as the release computes them: every token runs to the largest count in the batch, then the
/// right state is picked (model.py:1131-1148).
at::Tensor RunLoopsMasked(const SwiGlu& ffn, const at::Tensor& h, const at::Tensor& counts);

/// Eq. 11: sum_l p_l H^(l), for training: every state of every token is computed. `mixture` is [T, L_max].
at::Tensor MixStates(const SwiGlu& ffn, const at::Tensor& h, const at::Tensor& mixture);

}  // namespace vffn
