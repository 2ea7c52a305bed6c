// Columns of numbers as one block of bytes: a JSON header that names them, then the columns.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reports/figures/json_text.h"

namespace vffn {

/// Read by question_data.js into typed arrays. Layout: length of the header (4 bytes, little endian), header,
/// columns, each at a multiple of 8 bytes from the end of the header. The header is {FACTS..., "columns":
/// {NAME: [TYPE, OFFSET, COUNT], ...}}.
class ColumnFile {
 public:
  /// Adds a member to the header.
  void AddFact(const std::string& name, JsonText value) { facts_.emplace_back(name, std::move(value)); }

  void Add(const std::string& name, std::span<const uint8_t> values) { AddBytes(name, "u8", values); }
  void Add(const std::string& name, std::span<const uint32_t> values) { AddBytes(name, "u32", values); }
  void Add(const std::string& name, std::span<const float> values) { AddBytes(name, "f32", values); }
  void Add(const std::string& name, std::span<const double> values) { AddBytes(name, "f64", values); }

  /// All of it, deflated (zlib), in base64. Throws Error if it is too large.
  std::string Deflated() const;

 private:
  template <class T>
  void AddBytes(const std::string& name, const char* type, std::span<const T> values) {
    bytes_.resize((bytes_.size() + 7) / 8 * 8);
    columns_.emplace_back(name, std::vector<JsonText>{type, bytes_.size(), values.size()});
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }

  std::vector<std::pair<std::string, JsonText>> facts_, columns_;
  std::string bytes_;
};

}  // namespace vffn
