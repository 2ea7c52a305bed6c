#include "model/weights/safetensors_writer.h"

#include <algorithm>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

template <class T>
TensorView View(std::string name, ElementType type, std::vector<int64_t> shape, std::span<const T> values) {
  const std::string_view bytes(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  return MakeTensorView(std::move(name), type, std::move(shape), bytes, "safetensors writer");
}

}  // namespace

TensorView TensorOf(std::string name, std::vector<int64_t> shape, std::span<const float> values) {
  return View(std::move(name), ElementType::kF32, std::move(shape), values);
}
TensorView TensorOf(std::string name, std::vector<int64_t> shape, std::span<const int64_t> values) {
  return View(std::move(name), ElementType::kI64, std::move(shape), values);
}
TensorView TensorOf(std::string name, std::vector<int64_t> shape, std::span<const int32_t> values) {
  return View(std::move(name), ElementType::kI32, std::move(shape), values);
}
TensorView TensorOf(std::string name, std::vector<int64_t> shape, std::span<const uint8_t> values) {
  return View(std::move(name), ElementType::kU8, std::move(shape), values);
}

void WriteSafetensors(const std::filesystem::path& path, std::vector<TensorSource> tensors,
                      const std::map<std::string, std::string>& metadata) {
  // Wide elements first, so that every tensor is aligned to its elements.
  std::ranges::stable_sort(tensors, std::greater(),
                           [](const TensorSource& tensor) { return FormatOf(tensor.type).block_bytes; });
  OrderedJson header = OrderedJson::object();
  if (!metadata.empty()) {
    header["__metadata__"] = metadata;
  }
  int64_t offset = 0;
  for (const TensorSource& tensor : tensors) {
    const ElementFormat& format = FormatOf(tensor.type);
    VFFN_CHECK(format.block_elements == 1, path.string(), ": tensor ", tensor.name,
               " cannot be written: it is of block type ", format.name);
    VFFN_CHECK(!header.contains(tensor.name), path.string(), ": tensor ", tensor.name, " is there twice");
    const int64_t end = offset + ContiguousBytes(tensor.name, tensor.type, tensor.shape, path.string());
    header[tensor.name] = {{"dtype", format.name}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t size = text.size();
  AtomicFile file(path);
  file.Write(std::string_view(reinterpret_cast<const char*>(&size), sizeof(size)));
  file.Write(text);
  for (const TensorSource& tensor : tensors) {
    WriteTensor(tensor, path.string(), [&](std::string_view bytes) { file.Write(bytes); });
  }
  file.Finish();
}

void WriteSafetensors(const std::filesystem::path& path, std::vector<TensorView> tensors,
                      const std::map<std::string, std::string>& metadata) {
  std::vector<TensorSource> sources;
  for (TensorView& tensor : tensors) {
    VFFN_CHECK(tensor.strides.empty(), path.string(), ": tensor ", tensor.name,
               " cannot be written: it is not contiguous");
    sources.push_back({std::move(tensor.name), tensor.type, std::move(tensor.shape),
                       [bytes = tensor.bytes](const ByteSink& sink) { sink(bytes); }});
  }
  WriteSafetensors(path, std::move(sources), metadata);
}

}  // namespace vffn
