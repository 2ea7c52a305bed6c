// The Gumbel noise of Eq. 10.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace vffn {

/// Which random numbers a layer of a micro-batch draws.
struct NoisePlace {
  uint64_t seed = 0;
  int64_t step = 0;  ///< of the run
  int64_t layer = 0;
  int64_t first_sequence = 0;  ///< of the micro-batch, in the global batch
};

/// Standard Gumbel noise -log(-log(u)), [B T, L_max] float32 on the CPU. Each number is a function of the
/// place, its sequence, position and loop: Philox4x32-10 (Salmon et al. 2011), with the seed as the key. So a
/// layer that runs again, a resumed run, and any division of the global batch into micro-batches and
/// processes draw the same noise, and there is no generator whose state must be saved.
at::Tensor GumbelNoise(const NoisePlace& place, int64_t batch, int64_t length, int64_t max_loops);

}  // namespace vffn
