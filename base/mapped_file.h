// Files as memory.
#pragma once

#include <filesystem>
#include <string_view>

namespace vffn {

/// A regular file mapped read-only; the pages are read from disk as they are touched. Movable.
/// The file must not shrink while it is mapped: reading past its new end would kill the process.
class MappedFile {
 public:
  /// Throws Error if the file cannot be opened or mapped, or is not a regular file. An empty file is fine.
  explicit MappedFile(std::filesystem::path path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  /// Valid as long as the object, or one it was moved to, lives.
  std::string_view bytes() const { return bytes_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::string_view bytes_;
};

}  // namespace vffn
