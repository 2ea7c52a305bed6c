// A tensor inside a mapped file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/element_type.h"

namespace vffn {

/// Does not own its bytes. The functions below make views and check that every element lies inside `bytes`.
struct TensorView {
  std::string name;
  ElementType type = ElementType::kF32;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;  ///< in elements, one per dimension; empty: contiguous, row-major
  std::string_view bytes;        ///< from the first element on
};

/// A contiguous tensor. Throws Error, beginning with `origin` and the name, if type and shape do not take
/// exactly `bytes`, a dimension is negative, the size overflows, or rows are not whole blocks.
TensorView MakeTensorView(std::string name, ElementType type, std::vector<int64_t> shape,
                          std::string_view bytes, const std::string& origin);

/// A tensor whose elements have any non-negative strides and begin at element `offset` of `storage`, like a
/// torch view. Only plain types. Throws Error, beginning with `origin` and the name, unless every element
/// lies inside `storage`.
TensorView MakeStridedView(std::string name, ElementType type, std::vector<int64_t> shape,
                           std::vector<int64_t> strides, int64_t offset, std::string_view storage,
                           const std::string& origin);

/// Number of bytes of a contiguous tensor. Throws Error as MakeTensorView.
int64_t ContiguousBytes(const std::string& name, ElementType type, std::span<const int64_t> shape,
                        const std::string& origin);

/// Converts one row of a matrix [rows, columns] to float32, or all elements of a vector if `row` is 0. `view`
/// must be of a real type, `row` in range, and `out` as long as the row or vector.
void ReadRow(const TensorView& view, int64_t row, std::span<float> out);

/// Converts rows [first, first + count) of a matrix, each to `columns` numbers that begin `stride` after
/// those of the row before. As ReadRow otherwise.
void ReadRows(const TensorView& view, int64_t first, int64_t count, int64_t columns, int64_t stride,
              float* out);

/// "[49152, 576]"
std::string ShapeText(std::span<const int64_t> shape);

}  // namespace vffn
