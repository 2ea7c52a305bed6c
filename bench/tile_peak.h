// The rate of the processor's tile multiplications without memory: the bound of a matrix product in bfloat16.
#pragma once

#include <cstdint>

namespace vffn {

/// Multiplies `times` x 4 pairs of AMX tiles of random bfloat16 numbers that are in the L1 cache, and returns
/// the FLOPs. The processor must have AMX, and the process must be allowed to use it.
int64_t MultiplyTilesInCache(int64_t times);

}  // namespace vffn
