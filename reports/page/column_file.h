// Columns of numbers as one block of bytes: a JSON header that names them, then the columns.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/json.h"

namespace vffn {

/// What JavaScript makes typed arrays of: header length (4 bytes, little endian), header, columns, each at a
/// multiple of 8 bytes from the header's end. The header is {"columns": {name: [type, offset, count]}, ...}.
class ColumnFile {
 public:
  /// Further facts of the header.
  OrderedJson& header() { return header_; }

  void Add(const std::string& name, std::span<const uint8_t> values) { AddBytes(name, "u8", values, 1); }
  void Add(const std::string& name, std::span<const uint32_t> values) { AddBytes(name, "u32", values, 4); }
  void Add(const std::string& name, std::span<const float> values) { AddBytes(name, "f32", values, 4); }
  void Add(const std::string& name, std::span<const double> values) { AddBytes(name, "f64", values, 8); }

  /// Deflated (zlib), in base64.
  std::string Deflated() const;

 private:
  template <class T>
  void AddBytes(const std::string& name, const char* type, std::span<const T> values, size_t size) {
    Append(name, type, values.data(), values.size(), size);
  }
  void Append(const std::string& name, const char* type, const void* values, size_t count, size_t size);

  OrderedJson header_ = OrderedJson::object();
  std::string bytes_;
};

}  // namespace vffn
