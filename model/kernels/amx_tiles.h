// AMX tiles of bfloat16 pairs, behind inline functions.
//
// TDPBF16PS multiplies a tile of 16 rows and 16 pairs along k by a tile of 16 pairs and 16 columns. For each
// sum, the products of the even k and those of the odd k form one chain of fused multiply-adds each, from
// zero; then both chains are added to each other, and the result to the sum so far. Numbers below 2^-126
// count as zero, in operands and in results.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace {

constexpr int64_t kTileHeight = 16;                          // rows of a tile
constexpr int64_t kTileDepth = 32;                           // k of a tile: 16 pairs
constexpr int64_t kTileElements = kTileHeight * kTileDepth;  // 1 KiB of bfloat16

/// The configuration of eight tiles of 16 rows of 64 bytes.
struct alignas(64) TileConfiguration {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t bytes_of_row[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfiguration) == 64);

/// Configures the tiles for one kernel call. A static object: the compiler does not know that the instruction
/// reads all of it.
class Tiles {
 public:
  Tiles() {
    static constexpr TileConfiguration kConfiguration;
    _tile_loadconfig(&kConfiguration);
  }
  ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
};

}  // namespace
