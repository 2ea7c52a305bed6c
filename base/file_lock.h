// Advisory locks of whole files (flock): one process at a time, on one machine or, on NFS, on several.
#pragma once

#include <filesystem>
#include <memory>

namespace vffn {

/// Locks an open file until it is closed; false if another process holds the lock. On a file system without
/// locks, the file counts as locked, and one line on standard error says so. Throws Error naming `path` and
/// the system's reason if locking fails otherwise.
bool LockFile(int file, const std::filesystem::path& path);

/// A lock that is a file of its own. The file stays when the lock is given back.
class FileLock {
 public:
  /// Makes the file if there is none. Null if another process holds the lock. Throws Error as LockFile, and
  /// if the file cannot be made.
  static std::unique_ptr<FileLock> Try(const std::filesystem::path& path);

  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int file) : file_(file) {}

  int file_;
};

}  // namespace vffn
