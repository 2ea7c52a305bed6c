// A matrix that is read a few rows at a time.
#pragma once

#include <cstdint>

namespace vffn {

/// Thread safe.
class MatrixRows {
 public:
  virtual ~MatrixRows() = default;

  /// Writes rows [first, first + count) to `out`, each `stride` numbers after the one before. Throws Error if
  /// a value is not finite.
  virtual void Read(int64_t first, int64_t count, int64_t stride, float* out) const = 0;

  /// Whether all values are known to be numbers of bfloat16.
  virtual bool fits_bfloat16() const { return false; }
};

}  // namespace vffn
