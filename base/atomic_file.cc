#include "base/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

constexpr size_t kMostAtOnce = size_t{1} << 30;  // a write takes no more than 2 GiB

std::filesystem::path FolderOf(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace

void SyncFolder(const std::filesystem::path& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file >= 0) {
    fsync(file);
    close(file);
  }
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  std::string name(".");
  name.append(path_.filename().string()).append(".").append(std::to_string(getpid())).append(".tmp");
  temporary_ = FolderOf(path_) / name;
  file_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) {
    FailWith(errno);
  }
}

AtomicFile::~AtomicFile() {
  if (file_ >= 0) {
    close(file_);
    unlink(temporary_.c_str());
  }
}

void AtomicFile::FailWith(int error_number) const {
  Fail(path_.string(), ": cannot be written: ", std::strerror(error_number));
}

void AtomicFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(file_, bytes.data(), std::min(bytes.size(), kMostAtOnce));
    if (count >= 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      FailWith(errno);
    }
  }
}

void AtomicFile::Finish() {
  if (fsync(file_) != 0 || rename(temporary_.c_str(), path_.c_str()) != 0) {
    FailWith(errno);
  }
  close(std::exchange(file_, -1));
  SyncFolder(FolderOf(path_));
}

void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.Write(bytes);
  file.Finish();
}

}  // namespace vffn
