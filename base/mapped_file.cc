#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

/// Closes a file descriptor on every way out.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) {
      close(fd);
    }
  }
};

}  // namespace

MappedFile::MappedFile(std::filesystem::path path) : path_(std::move(path)) {
  const Descriptor file{open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
  VFFN_CHECK(file.fd >= 0, path_.string(), ": cannot be opened: ", std::strerror(errno));
  struct stat status;
  VFFN_CHECK(fstat(file.fd, &status) == 0, path_.string(), ": cannot be examined: ", std::strerror(errno));
  VFFN_CHECK(S_ISREG(status.st_mode), path_.string(), ": is not a regular file");
  const size_t size = static_cast<size_t>(status.st_size);
  if (size == 0) {
    return;
  }
  void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  VFFN_CHECK(memory != MAP_FAILED, path_.string(), ": cannot be mapped (", size,
             " bytes): ", std::strerror(errno));
  bytes_ = std::string_view(static_cast<const char*>(memory), size);
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) {
    munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  }
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace vffn
