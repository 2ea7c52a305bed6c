#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/weights/torch_file.h"

// The zip directory and the pickle in it; every row of the views it accepts is read.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr int64_t kMostElements = 10000;
  try {
    for (const vffn::TensorView& tensor :
         vffn::ReadTorchFile(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz")) {
      const bool matrix = tensor.shape.size() == 2;
      if (!FormatOf(tensor.type).real || tensor.shape.empty() || tensor.shape.size() > 2 ||
          tensor.shape[0] > kMostElements || tensor.shape.back() > kMostElements) {
        continue;
      }
      std::vector<float> row(static_cast<size_t>(tensor.shape.back()));
      for (int64_t i = 0; i < (matrix ? tensor.shape[0] : 1) && !row.empty(); ++i) {
        vffn::ReadRow(tensor, i, row);
      }
    }
  } catch (const vffn::Error&) {
  }
  return 0;
}
