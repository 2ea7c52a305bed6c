// Zip archives as torch.save writes them: entries stored, not compressed.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/weights/tensor_source.h"

namespace vffn {

/// Writes an archive from its first byte to its last (PKWARE's APPNOTE.TXT 6.3.9): the checksum of an entry
/// follows it, as its data is seen once; the data begins at a multiple of 64 bytes, so that it can be mapped;
/// zip64 records where sizes or offsets do not fit 32 bits.
class ZipWriter {
 public:
  explicit ZipWriter(ByteSink sink) : sink_(std::move(sink)) {}

  /// Adds an entry of exactly `size` bytes, which `write` gives in any number of pieces. Names must differ.
  void Add(std::string name, uint64_t size, const std::function<void(const ByteSink&)>& write);
  void Add(std::string name, std::string_view bytes);

  /// Writes the directory; the archive is then complete.
  void Finish();

 private:
  struct Entry {
    std::string name;
    uint64_t size = 0;
    uint64_t offset = 0;  ///< of its local header
    uint32_t checksum = 0;
  };

  void Put(std::string_view bytes);
  void PutLocalHeader(const Entry& entry);
  void PutDescriptor(const Entry& entry);
  void PutEnd(uint64_t directory, uint64_t directory_size);

  ByteSink sink_;
  uint64_t position_ = 0;
  std::vector<Entry> entries_;
  std::set<std::string> names_;
};

}  // namespace vffn
