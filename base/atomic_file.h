// Whole files, there or not there.
#pragma once

#include <filesystem>
#include <string_view>

namespace vffn {

/// A file that appears under its name only when it is finished: a reader sees the old file or the new one,
/// whole, whatever dies in between. Everything throws Error naming the file and the system's reason; then, or
/// without Finish, the old file is untouched and nothing is left beside it.
class AtomicFile {
 public:
  /// Begins a temporary file in the same folder.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void Write(std::string_view bytes);

  /// Puts everything on the disk and gives the file its name.
  void Finish();

 private:
  [[noreturn]] void FailWith(int error_number) const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int file_ = -1;
};

/// Makes renames in a folder last. Not every file system can: then they last when the system gets to it.
void SyncFolder(const std::filesystem::path& folder);

/// All of it in one call.
void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace vffn
