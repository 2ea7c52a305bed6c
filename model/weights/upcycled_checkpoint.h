// A dense model's weights in a model of another FFN.
#pragma once

#include <cstdint>
#include <memory>

#include "model/weights/checkpoint.h"

namespace vffn {

/// The dense checkpoint with `ffn` in the place of its FFN. Parameters that the dense model has keep their
/// values; the others have the initial values of their specs (parameters.h), which the seed and the name of a
/// parameter alone decide. An expert_hidden_size of 0 stands for floor(F / N).
///
/// The new model computes another function than the dense one, except k_loop and VersatileFFN with one loop:
/// a VersatileFFN adds its width branch from the start (docs/divergences.md), and a MoE adds its untrained
/// experts.
///
/// format() is "upcycled" and files() are the dense checkpoint's, so a Fingerprint does not tell seeds apart:
/// write the checkpoint (checkpoint_writer.h) and open it to score it.
///
/// Norms, positions, activation and all else stay the dense model's; a new norm is like the others. Throws
/// Error if `dense` is not dense, if `ffn` is dense, sparse_moe or does not fit, or if the dense model has
/// something that the new FFN cannot have (Validate): a parallel residual, an FFN that is not gated or has
/// biases.
std::unique_ptr<Checkpoint> Upcycle(std::unique_ptr<Checkpoint> dense, FfnConfig ffn, uint64_t seed);

}  // namespace vffn
