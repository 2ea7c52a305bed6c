// The .metadata of PyTorch's distributed checkpoints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// A part of a tensor: a box of its elements.
struct TensorChunk {
  std::vector<int64_t> offsets;  ///< of the first element
  std::vector<int64_t> sizes;
  std::string file;  ///< in the folder of the checkpoint
  uint64_t offset = 0;
  uint64_t length = 0;  ///< in bytes, as `offset`
};

struct DistributedTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<TensorChunk> chunks;
};

/// The tensors whose names begin with `prefix`, in the order of the file. Throws Error, beginning with
/// `origin`, if the pickle is not such metadata.
std::vector<DistributedTensor> ReadDistributedMetadata(std::string_view pickle, const std::string& origin,
                                                       std::string_view prefix);

}  // namespace vffn
