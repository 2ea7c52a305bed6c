#include "model/weights/distributed_checkpoint.h"

#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "model/weights/distributed_metadata.h"
#include "model/weights/downloaded_file.h"
#include "model/weights/torch_file.h"

namespace vffn {
namespace {

/// The distance of neighbours along each dimension of a contiguous tensor.
std::vector<int64_t> ContiguousStrides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * shape[i];
  }
  return strides;
}

/// Copies a chunk to its place in a contiguous tensor, row by row.
void CopyChunk(const TensorChunk& chunk, const TensorView& from, const std::vector<int64_t>& shape,
               char* to) {
  const size_t dimensions = shape.size();
  const int64_t size = FormatOf(from.type).block_bytes;
  const std::vector<int64_t> to_strides = ContiguousStrides(shape);
  const std::vector<int64_t> from_strides =
      from.strides.empty() ? ContiguousStrides(from.shape) : from.strides;
  const int64_t row = dimensions == 0 ? 1 : chunk.sizes.back();
  const int64_t row_stride = dimensions == 0 ? 1 : from_strides.back();
  std::vector<int64_t> index(dimensions, 0);
  for (int64_t rows = row == 0 ? 0 : ElementCount(chunk.sizes) / row; rows > 0; --rows) {
    int64_t source = 0;
    int64_t target = 0;
    for (size_t i = 0; i < dimensions; ++i) {
      source += index[i] * from_strides[i];
      target += (index[i] + chunk.offsets[i]) * to_strides[i];
    }
    for (int64_t i = 0; i < row; i += row_stride == 1 ? row : 1) {
      std::memcpy(to + (target + i) * size, from.bytes.data() + (source + i * row_stride) * size,
                  static_cast<size_t>((row_stride == 1 ? row : 1) * size));
    }
    for (size_t i = dimensions < 2 ? 0 : dimensions - 1; i-- > 0;) {
      if (++index[i] < chunk.sizes[i]) {
        break;
      }
      index[i] = 0;
    }
  }
}

bool Overlap(const TensorChunk& a, const TensorChunk& b) {
  for (size_t i = 0; i < a.sizes.size(); ++i) {
    if (a.offsets[i] + a.sizes[i] <= b.offsets[i] || b.offsets[i] + b.sizes[i] <= a.offsets[i]) {
      return false;
    }
  }
  return true;
}

/// Throws unless the chunks cover the tensor exactly once.
void CheckCover(const DistributedTensor& tensor, const std::string& origin) {
  int64_t elements = 0;
  for (size_t i = 0; i < tensor.chunks.size(); ++i) {
    const TensorChunk& chunk = tensor.chunks[i];
    bool inside = chunk.sizes.size() == tensor.shape.size() && chunk.offsets.size() == tensor.shape.size();
    for (size_t j = 0; inside && j < tensor.shape.size(); ++j) {
      inside = chunk.offsets[j] >= 0 && chunk.sizes[j] >= 0 && chunk.sizes[j] <= tensor.shape[j] &&
               chunk.offsets[j] <= tensor.shape[j] - chunk.sizes[j];
    }
    VFFN_CHECK(inside, origin, ": tensor ", tensor.name, ": a part of ", ShapeText(chunk.sizes), " at ",
               ShapeText(chunk.offsets), " is not inside ", ShapeText(tensor.shape));
    elements += ElementCount(chunk.sizes);
    for (size_t j = 0; j < i; ++j) {
      VFFN_CHECK(!Overlap(chunk, tensor.chunks[j]), origin, ": tensor ", tensor.name, ": two parts overlap");
    }
  }
  VFFN_CHECK(elements == ElementCount(tensor.shape), origin, ": tensor ", tensor.name, ": its parts have ",
             elements, " elements, but its shape is ", ShapeText(tensor.shape));
}

/// The files of a checkpoint, mapped as they are needed.
class PartFiles {
 public:
  PartFiles(std::filesystem::path folder, const std::vector<DistributedTensor>& tensors, OpenedFiles& opened)
      : folder_(std::move(folder)) {
    std::set<std::string> names;
    for (const DistributedTensor& tensor : tensors) {
      for (const TensorChunk& chunk : tensor.chunks) {
        names.insert(chunk.file);
      }
    }
    for (const std::string& name : names) {
      const std::filesystem::path path = folder_ / name;
      VFFN_CHECK(std::filesystem::exists(path), path.string(), ": this file is missing; ",
                 (folder_ / ".metadata").string(), " says that it holds a part of the model");
      opened.files.push_back(path);
      bytes_[name] = opened.mappings.emplace_back(path).bytes();
      CheckDownloaded(bytes_[name], path.string());
    }
  }

  TensorView Read(const TensorChunk& chunk, const std::string& tensor) const {
    const std::string_view bytes = bytes_.at(chunk.file);
    const std::string origin = (folder_ / chunk.file).string();
    VFFN_CHECK(chunk.offset <= bytes.size() && chunk.length <= bytes.size() - chunk.offset, origin,
               ": truncated: a part of tensor ", tensor, " takes ", chunk.length, " bytes from byte ",
               chunk.offset, " on, the file has ", bytes.size());
    TensorView view = ReadTorchTensor(bytes.substr(chunk.offset, chunk.length), origin);
    VFFN_CHECK(view.shape == chunk.sizes, origin, ": a part of tensor ", tensor, " is ",
               ShapeText(view.shape), ", should be ", ShapeText(chunk.sizes));
    const int64_t needed = ContiguousBytes(tensor, view.type, view.shape, origin);
    VFFN_CHECK(static_cast<uint64_t>(needed) <= chunk.length, origin, ": a part of tensor ", tensor, " has ",
               chunk.length, " bytes, needs ", needed);
    return view;
  }

 private:
  std::filesystem::path folder_;
  std::map<std::string, std::string_view, std::less<>> bytes_;
};

/// Puts a tensor together from its chunks.
TensorView Join(const DistributedTensor& tensor, const PartFiles& files, OpenedFiles& opened) {
  std::vector<char>& buffer = opened.buffers.emplace_back();
  std::optional<ElementType> type;
  for (const TensorChunk& chunk : tensor.chunks) {
    const TensorView part = files.Read(chunk, tensor.name);
    if (!type) {
      type = part.type;
      buffer.resize(static_cast<size_t>(ContiguousBytes(tensor.name, *type, tensor.shape, opened.origin)));
    }
    VFFN_CHECK(part.type == *type, opened.origin, ": tensor ", tensor.name, " is ", FormatOf(*type).name,
               " in one part and ", FormatOf(part.type).name, " in another");
    CopyChunk(chunk, part, tensor.shape, buffer.data());
  }
  return MakeTensorView(tensor.name, type.value_or(ElementType::kF32), tensor.shape,
                        {buffer.data(), buffer.size()}, opened.origin);
}

}  // namespace

void AddDistributedTensors(const std::filesystem::path& folder, std::string_view prefix,
                           OpenedFiles& opened) {
  const std::filesystem::path path = folder / ".metadata";
  VFFN_CHECK(std::filesystem::exists(path), folder.string(), ": has no .metadata");
  opened.files.push_back(path);
  const MappedFile metadata(path);
  CheckDownloaded(metadata.bytes(), path.string());
  const std::vector<DistributedTensor> tensors =
      ReadDistributedMetadata(metadata.bytes(), path.string(), prefix);
  const PartFiles files(folder, tensors, opened);
  for (const DistributedTensor& tensor : tensors) {
    ContiguousBytes(tensor.name, ElementType::kF64, tensor.shape, path.string());  // no size overflows
    CheckCover(tensor, path.string());
    TensorView view =
        tensor.chunks.size() == 1 ? files.Read(tensor.chunks[0], tensor.name) : Join(tensor, files, opened);
    view.name = tensor.name.substr(prefix.size());
    opened.tensors.push_back(std::move(view));
  }
}

}  // namespace vffn
