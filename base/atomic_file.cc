#include "base/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/error.h"

namespace vffn {
namespace {

/// 0, or errno.
int WriteAndSync(const std::filesystem::path& path, std::string_view bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) {
    return errno;
  }
  int error_number = 0;
  while (!bytes.empty() && error_number == 0) {
    const ssize_t count = write(file, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      error_number = errno;
    }
  }
  if (error_number == 0 && fsync(file) != 0) {
    error_number = errno;
  }
  if (close(file) != 0 && error_number == 0) {
    error_number = errno;
  }
  return error_number;
}

/// Makes the rename itself last. Not every file system can: then it lasts when the system gets to it.
void SyncFolder(const std::filesystem::path& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file >= 0) {
    fsync(file);
    close(file);
  }
}

}  // namespace

void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const std::filesystem::path temporary =
      folder / ("." + path.filename().string() + "." + std::to_string(getpid()) + ".tmp");
  int error_number = WriteAndSync(temporary, bytes);
  if (error_number == 0 && rename(temporary.c_str(), path.c_str()) != 0) {
    error_number = errno;
  }
  if (error_number != 0) {
    unlink(temporary.c_str());
    Fail(path.string(), ": cannot be written: ", std::strerror(error_number));
  }
  SyncFolder(folder);
}

}  // namespace vffn
