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

/// Configures the eight tiles for one kernel call: 16 rows of 64 bytes each.
class Tiles {
 public:
  Tiles() {
    struct alignas(64) {
      uint8_t palette = 1, start_row = 0, reserved[14] = {};
      uint16_t bytes_of_row[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } config;
    static_assert(sizeof config == 64);
    _tile_loadconfig(&config);
  }
  ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
};

}  // namespace
