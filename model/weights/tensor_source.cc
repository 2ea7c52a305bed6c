#include "model/weights/tensor_source.h"

#include "base/error.h"
#include "model/weights/tensor_view.h"

namespace vffn {

void WriteTensor(const TensorSource& tensor, const std::string& origin, const ByteSink& sink) {
  const int64_t expected = ContiguousBytes(tensor.name, tensor.type, tensor.shape, origin);
  int64_t given = 0;
  tensor.write([&](std::string_view bytes) {
    given += static_cast<int64_t>(bytes.size());
    sink(bytes);
  });
  VFFN_CHECK(given == expected, origin, ": tensor ", tensor.name, " ", ShapeText(tensor.shape), " takes ",
             expected, " bytes, but ", given, " were given");
}

}  // namespace vffn
