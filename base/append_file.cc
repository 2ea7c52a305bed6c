#include "base/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/file_lock.h"

namespace vffn {

AppendFile::AppendFile(std::filesystem::path path, SyncPolicy policy)
    : path_(std::move(path)), policy_(policy), last_sync_(std::chrono::steady_clock::now()) {
  file_ = open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) {
    FailWith("cannot be opened for appending", errno);
  }
  try {
    VFFN_CHECK(LockFile(file_, path_), path_.string(),
               ": another run is writing this file; wait for it or choose another file");
  } catch (...) {
    close(file_);
    throw;
  }
}

AppendFile::~AppendFile() {
  fdatasync(file_);  // a destructor cannot report; whoever must know calls Sync
  close(file_);
}

std::string AppendFile::Read() const {
  std::string text(static_cast<size_t>(Size()), '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = pread(file_, text.data() + size, text.size() - size, static_cast<off_t>(size));
    if (count < 0 && errno != EINTR) {
      FailWith("cannot be read", errno);
    }
    VFFN_CHECK(count != 0, path_.string(), ": became shorter while it was read");
    size += static_cast<size_t>(std::max<ssize_t>(count, 0));
  }
  return text;
}

int64_t AppendFile::Size() const {
  struct stat status;
  if (fstat(file_, &status) != 0) {
    FailWith("cannot be read", errno);
  }
  return status.st_size;
}

void AppendFile::Truncate(int64_t size) {
  if (ftruncate(file_, size) != 0) {
    FailWith("cannot be cut", errno);
  }
}

void AppendFile::Append(std::string_view line) {
  VFFN_CHECK(!failed_, path_.string(), ": an earlier write failed; the file takes no more lines");
  std::string bytes(line);
  bytes += '\n';
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t count = write(file_, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      failed_ = true;
      FailWith("cannot be written", errno);
    }
  }
  ++lines_since_sync_;
  if (lines_since_sync_ >= policy_.lines || std::chrono::steady_clock::now() - last_sync_ >= policy_.age) {
    Sync();
  }
}

void AppendFile::Sync() {
  // EINVAL: not a file that has a disk below it (a pipe, /dev/null).
  if (fdatasync(file_) != 0 && errno != EINVAL) {
    failed_ = true;
    FailWith("cannot be written to the disk", errno);
  }
  lines_since_sync_ = 0;
  last_sync_ = std::chrono::steady_clock::now();
}

void AppendFile::FailWith(std::string_view what, int error_number) const {
  const off_t size = file_ < 0 ? -1 : lseek(file_, 0, SEEK_END);
  std::string place;
  if (size >= 0) {
    place = " at offset " + std::to_string(size);
  }
  Fail(path_.string(), ": ", what, place, ": ", std::strerror(error_number));
}

}  // namespace vffn
