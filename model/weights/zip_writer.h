// Writing zip archives whose entries are not compressed, as torch.save does.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/weights/tensor_source.h"

namespace vffn {

/// Writes an archive in one pass (PKWARE's APPNOTE.TXT 6.3.9). The checksum of an entry follows its data,
/// which is seen only once. Data begins at multiples of 64 bytes, so that it can be mapped. Zip64 records are
/// written if sizes or offsets do not fit into 32 bits.
class ZipWriter {
 public:
  explicit ZipWriter(ByteSink sink) : sink_(std::move(sink)) {}

  /// Adds an entry of exactly `size` bytes, which `write` gives in any number of pieces. Names must be
  /// unique.
  void Add(std::string name, uint64_t size, const std::function<void(const ByteSink&)>& write);
  void Add(std::string name, std::string_view bytes);

  /// Writes the directory, which completes the archive.
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
