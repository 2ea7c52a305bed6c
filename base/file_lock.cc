#include "base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "base/error.h"

namespace vffn {

bool LockFile(int file, const std::filesystem::path& path) {
  if (flock(file, LOCK_EX | LOCK_NB) == 0) {
    return true;
  }
  const int error_number = errno;
  if (error_number == EWOULDBLOCK) {
    return false;
  }
  const bool without_locks = error_number == ENOSYS || error_number == EOPNOTSUPP || error_number == ENOLCK ||
                             error_number == EINVAL;
  VFFN_CHECK(without_locks, path.string(), ": cannot be locked: ", std::strerror(error_number));
  static std::atomic<bool> said = false;
  if (!said.exchange(true)) {
    std::cerr << "vffn: note: " << path.string() << ": its file system has no locks ("
              << std::strerror(error_number) << "); make sure that no other process writes the same files\n";
  }
  return true;
}

std::unique_ptr<FileLock> FileLock::Try(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  VFFN_CHECK(file >= 0, path.string(), ": cannot be opened: ", std::strerror(errno));
  std::unique_ptr<FileLock> lock(new FileLock(file));
  return LockFile(file, path) ? std::move(lock) : nullptr;
}

FileLock::~FileLock() { close(file_); }

}  // namespace vffn
