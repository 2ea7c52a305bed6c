// The bytes of a file, plain or packed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace vffn {

/// A file read once from start to end. Its first bytes tell whether it is gzip (several members are one text)
/// or zstd (several frames are one text); a file named *.gz or *.zst must be. All functions throw Error with
/// the file and the byte offset: a file that cannot be read, packed data that is damaged or truncated.
class UnpackedFile {
 public:
  explicit UnpackedFile(const std::filesystem::path& path);
  ~UnpackedFile();
  UnpackedFile(const UnpackedFile&) = delete;
  UnpackedFile& operator=(const UnpackedFile&) = delete;

  /// Appends the next `size` unpacked bytes to `text`, fewer only at the end of the file.
  void Read(size_t size, std::string& text);

  /// True once Read has met the end of the file.
  bool ended() const { return ended_; }

  /// Bytes read from the disk so far.
  int64_t packed_bytes() const;

  /// SHA-256 of the file as it is on the disk. Throws Error before the end of the file, or if called twice.
  std::string Hash();

 private:
  class Unpacker;
  class Plain;
  class Gzip;
  class Zstd;
  class DiskFile;

  std::unique_ptr<DiskFile> disk_;
  std::unique_ptr<Unpacker> unpacker_;
  bool ended_ = false;
};

}  // namespace vffn
