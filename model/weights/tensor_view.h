// A tensor inside a mapped file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/element_type.h"

namespace vffn {

/// Does not own its bytes. Made by the functions below, so that every element lies inside `bytes`.
struct TensorView {
  std::string name;
  ElementType type = ElementType::kF32;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;  ///< in elements, one per dimension; empty: contiguous, row-major
  std::string_view bytes;        ///< from the first element on
};

/// Contiguous; `bytes` must be exactly as long as type and shape say. Throws Error, beginning with `origin`
/// and the name, if not, if a dimension is negative, if the size overflows or rows are not whole blocks.
TensorView MakeTensorView(std::string name, ElementType type, std::vector<int64_t> shape,
                          std::string_view bytes, const std::string& origin);

/// Elements at arbitrary non-negative strides from element `offset` of `storage` on, as torch views are. Only
/// plain types. Throws Error, beginning with `origin` and the name, unless every element lies inside
/// `storage`.
TensorView MakeStridedView(std::string name, ElementType type, std::vector<int64_t> shape,
                           std::vector<int64_t> strides, int64_t offset, std::string_view storage,
                           const std::string& origin);

/// Bytes a contiguous tensor takes; throws as MakeTensorView.
int64_t ContiguousBytes(const std::string& name, ElementType type, std::span<const int64_t> shape,
                        const std::string& origin);

/// Converts one row of a matrix [rows, columns], or row 0 of a vector, to float32. `view` must be of a real
/// type and `row` in range; `out` has as many elements as a row.
void ReadRow(const TensorView& view, int64_t row, std::span<float> out);

/// "[49152, 576]"
std::string ShapeText(std::span<const int64_t> shape);

}  // namespace vffn
