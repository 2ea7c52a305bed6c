// A dense model's weights in a model of another FFN.
#pragma once

#include <cstdint>
#include <memory>

#include "model/weights/checkpoint.h"

namespace vffn {

/// The dense checkpoint with `ffn` in the place of its FFN: parameters of the same name are the dense ones,
/// the rest is fresh, as the release initialises a model (OLMo's init_fn "normal"): linear weights are normal
/// with standard deviation 0.02, truncated at 3 of them, norm weights 1. A fresh parameter depends on the
/// seed and its name alone (base/random.h). An expert_hidden_size of 0 stands for floor(F / N).
///
/// The function is not kept, except by k_loop with one loop: a VersatileFFN mixes in its width branch from
/// the start (docs/divergences.md), and a MoE adds its fresh experts.
///
/// format() is "upcycled" and files() are the dense checkpoint's, so a Fingerprint does not tell seeds apart:
/// write the checkpoint (checkpoint_writer.h) and open it to score it. Throws Error if `dense` is not dense,
/// or `ffn` is or does not fit.
std::unique_ptr<Checkpoint> Upcycle(std::unique_ptr<Checkpoint> dense, FfnConfig ffn, uint64_t seed);

}  // namespace vffn
