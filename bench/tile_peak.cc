#include "bench/tile_peak.h"

#include "model/kernels/amx_tiles.h"

namespace vffn {
namespace {

constexpr int64_t kTiles = 4;  // of each operand

/// Numbers near 1 whose low bits vary: products of zeros would need less power.
void Fill(uint16_t* values, int64_t count) {
  uint32_t state = 1;
  for (int64_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    values[i] = static_cast<uint16_t>(0x3f00 | (state >> 24));
  }
}

}  // namespace

int64_t MultiplyTilesInCache(int64_t times) {
  alignas(64) uint16_t a[2 * kTiles * kTileElements], b[2 * kTiles * kTileElements];
  Fill(a, 2 * kTiles * kTileElements);
  Fill(b, 2 * kTiles * kTileElements);
  const Tiles tiles;
  asm volatile("" ::: "memory");
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int64_t i = 0; i < times; ++i) {
    const int64_t at = i % kTiles * 2 * kTileElements;
    _tile_loadd(4, a + at, 64);
    _tile_loadd(6, b + at, 64);
    _tile_loadd(7, b + at + kTileElements, 64);
    _tile_loadd(5, a + at + kTileElements, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  return times * 4 * 2 * kTileHeight * kTileHeight * kTileDepth;
}

}  // namespace vffn
