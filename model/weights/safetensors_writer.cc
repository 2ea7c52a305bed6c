#include "model/weights/safetensors_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

template <class T>
TensorView View(std::string name, ElementType type, std::vector<int64_t> shape, std::span<const T> values) {
  const std::string_view bytes(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  return MakeTensorView(std::move(name), type, std::move(shape), bytes, "safetensors writer");
}

/// A file that appears under its name only once Finish succeeds.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path)
      : path_(std::move(path)), temporary_(path_.string() + "." + std::to_string(getpid()) + ".tmp") {
    fd_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    Check(fd_ >= 0, path_.string(), ": cannot be written: ", std::strerror(errno));
  }

  ~AtomicFile() {
    if (fd_ >= 0) {
      close(fd_);
      unlink(temporary_.c_str());
    }
  }

  void Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(fd_, bytes.data(), std::min(bytes.size(), kMostAtOnce));
      if (written < 0 && errno == EINTR) {
        continue;
      }
      Check(written >= 0, path_.string(), ": writing failed: ", std::strerror(errno));
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }

  void Finish() {
    Check(fsync(fd_) == 0 || errno == EINVAL, path_.string(), ": writing failed: ", std::strerror(errno));
    std::error_code error;
    std::filesystem::rename(temporary_, path_, error);
    Check(!error, path_.string(), ": cannot be written: ", error.message());
    close(std::exchange(fd_, -1));
  }

 private:
  static constexpr size_t kMostAtOnce = size_t{1} << 30;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int fd_ = -1;
};

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

void WriteSafetensors(const std::filesystem::path& path, std::vector<TensorView> tensors,
                      const std::map<std::string, std::string>& metadata) {
  // Wide elements first, so that every tensor is aligned to its elements.
  std::ranges::stable_sort(tensors, std::greater(),
                           [](const TensorView& tensor) { return FormatOf(tensor.type).block_bytes; });
  OrderedJson header = OrderedJson::object();
  if (!metadata.empty()) {
    header["__metadata__"] = metadata;
  }
  uint64_t offset = 0;
  for (const TensorView& tensor : tensors) {
    Check(tensor.strides.empty() && FormatOf(tensor.type).block_elements == 1, path.string(), ": tensor ",
          tensor.name, " cannot be written: it is not contiguous or of a block type");
    Check(!header.contains(tensor.name), path.string(), ": tensor ", tensor.name, " is there twice");
    header[tensor.name] = {{"dtype", FormatOf(tensor.type).name},
                           {"shape", tensor.shape},
                           {"data_offsets", {offset, offset + tensor.bytes.size()}}};
    offset += tensor.bytes.size();
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t size = text.size();
  AtomicFile file(path);
  file.Write(std::string_view(reinterpret_cast<const char*>(&size), sizeof(size)));
  file.Write(text);
  for (const TensorView& tensor : tensors) {
    file.Write(tensor.bytes);
  }
  file.Finish();
}

}  // namespace vffn
