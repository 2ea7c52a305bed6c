// A file that only grows, one whole line at a time, and survives being killed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace vffn {

/// How much may be lost when the machine (not just the program) dies.
struct SyncPolicy {
  int64_t lines = 2000;                 ///< written to the disk after this many lines,
  std::chrono::milliseconds age{5000};  ///< or at the first line this long after the last time
};

/// Every Append reaches the kernel before it returns, so a killed program loses nothing it has appended; the
/// disk is told to keep it by SyncPolicy. All functions throw Error naming the file, the offset and the
/// system's reason (a full disk, say); after a failed write the file takes no more lines, so that a torn line
/// can only be the last one.
class AppendFile {
 public:
  /// Opens the file, makes it if there is none, and holds a lock on it (LockFile). Throws Error if another
  /// holds the lock.
  explicit AppendFile(std::filesystem::path path, SyncPolicy policy = {});
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// The whole file as it is.
  std::string Read() const;

  int64_t Size() const;

  /// Cuts the file to its first `size` bytes.
  void Truncate(int64_t size);

  /// Appends `line` and a newline.
  void Append(std::string_view line);

  /// Returns when everything appended is on the disk.
  void Sync();

 private:
  [[noreturn]] void FailWith(std::string_view what, int error_number) const;

  std::filesystem::path path_;
  SyncPolicy policy_;
  int file_ = -1;
  bool failed_ = false;
  int64_t lines_since_sync_ = 0;
  std::chrono::steady_clock::time_point last_sync_;
};

}  // namespace vffn
