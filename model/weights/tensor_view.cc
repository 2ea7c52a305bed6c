#include "model/weights/tensor_view.h"

#include <utility>

#include "base/error.h"
#include "model/weights/float_conversion.h"

namespace vffn {
namespace {

int64_t Multiply(int64_t a, int64_t b, const std::string& name, std::span<const int64_t> shape,
                 const std::string& origin) {
  int64_t product;
  VFFN_CHECK(!__builtin_mul_overflow(a, b, &product), origin, ": tensor ", name, ": the size of shape ",
             ShapeText(shape), " overflows");
  return product;
}

}  // namespace

std::string ShapeText(std::span<const int64_t> shape) {
  std::string text = "[";
  for (const int64_t size : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  }
  return text + "]";
}

int64_t ContiguousBytes(const std::string& name, ElementType type, std::span<const int64_t> shape,
                        const std::string& origin) {
  const ElementFormat& format = FormatOf(type);
  int64_t elements = 1;
  for (const int64_t size : shape) {
    VFFN_CHECK(size >= 0, origin, ": tensor ", name, ": negative dimension in shape ", ShapeText(shape));
    elements = Multiply(elements, size, name, shape, origin);
  }
  const int64_t row = shape.empty() ? 1 : shape.back();
  VFFN_CHECK(row % format.block_elements == 0, origin, ": tensor ", name, ": rows of ", row,
             " elements are not whole blocks of ", format.name, ", which are ", format.block_elements);
  return Multiply(elements / format.block_elements, format.block_bytes, name, shape, origin);
}

TensorView MakeTensorView(std::string name, ElementType type, std::vector<int64_t> shape,
                          std::string_view bytes, const std::string& origin) {
  const int64_t needed = ContiguousBytes(name, type, shape, origin);
  VFFN_CHECK(static_cast<uint64_t>(needed) == bytes.size(), origin, ": tensor ", name, ": ",
             FormatOf(type).name, " ", ShapeText(shape), " takes ", needed, " bytes, but ", bytes.size(),
             " are given");
  return {std::move(name), type, std::move(shape), {}, bytes};
}

TensorView MakeStridedView(std::string name, ElementType type, std::vector<int64_t> shape,
                           std::vector<int64_t> strides, int64_t offset, std::string_view storage,
                           const std::string& origin) {
  const ElementFormat& format = FormatOf(type);
  VFFN_CHECK(format.block_elements == 1, origin, ": tensor ", name, ": blocks of ", format.name,
             " cannot be strided");
  VFFN_CHECK(shape.size() == strides.size(), origin, ": tensor ", name, ": ", shape.size(), " sizes but ",
             strides.size(), " strides");
  ContiguousBytes(name, type, shape, origin);
  bool empty = false;
  int64_t last = offset;  // the highest element touched
  bool in_range = offset >= 0;
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t span;
    empty = empty || shape[i] == 0;
    in_range = in_range && strides[i] >= 0 && !__builtin_mul_overflow(shape[i] - 1, strides[i], &span) &&
               !__builtin_add_overflow(last, span, &last);
  }
  if (empty) {
    return {std::move(name), type, std::move(shape), std::move(strides), {}};
  }
  const uint64_t available = storage.size() / static_cast<uint64_t>(format.block_bytes);
  VFFN_CHECK(in_range && static_cast<uint64_t>(last) < available, origin, ": tensor ", name, ": shape ",
             ShapeText(shape), ", strides ", ShapeText(strides), ", offset ", offset,
             " reach outside its storage, which has ", available, " elements of ", format.name);
  return {std::move(name), type, std::move(shape), std::move(strides),
          storage.substr(static_cast<size_t>(offset * format.block_bytes))};
}

void ReadRow(const TensorView& view, int64_t row, std::span<float> out) {
  const ElementFormat& format = FormatOf(view.type);
  const auto count = static_cast<int64_t>(out.size());
  const bool matrix = view.shape.size() == 2;
  if (view.strides.empty() || view.strides.back() == 1 || count <= 1) {
    const int64_t row_stride = view.strides.empty() || !matrix ? count : view.strides[0];
    ConvertToFloat(view.type,
                   view.bytes.data() + row * row_stride / format.block_elements * format.block_bytes, count,
                   out.data());
    return;
  }
  const int64_t first = matrix ? row * view.strides[0] : 0;
  for (int64_t i = 0; i < count; ++i) {
    const char* element = view.bytes.data() + (first + i * view.strides.back()) * format.block_bytes;
    ConvertToFloat(view.type, element, 1, &out[static_cast<size_t>(i)]);
  }
}

void ReadRows(const TensorView& view, int64_t first, int64_t count, int64_t columns, int64_t stride,
              float* out) {
  const bool transposed = view.strides.size() == 2 && view.strides[0] == 1 && view.strides[1] != 1;
  if (!transposed || count == 1) {
    for (int64_t row = 0; row < count; ++row) {
      ReadRow(view, first + row, {out + row * stride, static_cast<size_t>(columns)});
    }
    return;
  }
  // Elements of a column are neighbours in the file.
  const int64_t bytes = FormatOf(view.type).block_bytes;
  std::vector<float> values(static_cast<size_t>(count));
  for (int64_t column = 0; column < columns; ++column) {
    const int64_t begin = first + column * view.strides[1];
    ConvertToFloat(view.type, view.bytes.data() + begin * bytes, count, values.data());
    for (int64_t row = 0; row < count; ++row) {
      out[row * stride + column] = values[static_cast<size_t>(row)];
    }
  }
}

}  // namespace vffn
