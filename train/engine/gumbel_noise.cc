#include "train/engine/gumbel_noise.h"

#include <ATen/Parallel.h>

#include <array>
#include <cmath>

namespace vffn {
namespace {

using Counter = std::array<uint32_t, 4>;

Counter Philox(Counter counter, uint64_t seed) {
  std::array<uint32_t, 2> key = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  for (int round = 0; round < 10; ++round) {
    const uint64_t first = uint64_t{0xD2511F53} * counter[0];
    const uint64_t second = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(second),
               static_cast<uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(first)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

/// The middle of one of 2^24 parts of (0, 1): never 0 or 1.
double Uniform(uint32_t bits) { return (static_cast<double>(bits >> 8) + 0.5) / 16777216.0; }

}  // namespace

at::Tensor GumbelNoise(const NoisePlace& place, int64_t batch, int64_t length, int64_t max_loops) {
  at::Tensor noise = at::empty({batch * length, max_loops}, at::kFloat);
  auto* out = noise.mutable_data_ptr<float>();
  at::parallel_for(0, batch * length, 512, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t sequence = place.first_sequence + row / length;
      for (int64_t loop = 0; loop < max_loops; loop += 4) {
        const Counter bits =
            Philox({static_cast<uint32_t>(row % length), static_cast<uint32_t>(sequence),
                    static_cast<uint32_t>(place.layer << 16 | loop), static_cast<uint32_t>(place.step)},
                   place.seed);
        for (int64_t i = 0; i < 4 && loop + i < max_loops; ++i) {
          out[row * max_loops + loop + i] = static_cast<float>(-std::log(-std::log(Uniform(bits[i]))));
        }
      }
    }
  });
  return noise;
}

}  // namespace vffn
