// GGUF files for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/weights/gguf_file.h"

namespace vffn {

template <class T>
std::string Little(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
}

inline std::string Str(const std::string& text) { return Little<uint64_t>(text.size()) + text; }

/// Puts a GGUF file together byte by byte.
struct GgufBuilder {
  uint32_t version = 3;
  uint64_t n_tensors = 0;
  uint64_t n_values = 0;
  std::string values;
  std::string table;
  std::string data;

  GgufBuilder& Value(const std::string& key, uint32_t type, const std::string& bytes) {
    ++n_values;
    values += Str(key) + Little(type) + bytes;
    return *this;
  }
  GgufBuilder& Tensor(const std::string& name, std::vector<uint64_t> sizes, uint32_t type, uint64_t offset) {
    ++n_tensors;
    table += Str(name) + Little(static_cast<uint32_t>(sizes.size()));
    for (const uint64_t size : sizes) {
      table += Little(size);
    }
    table += Little(type) + Little(offset);
    return *this;
  }

  /// Copies a value of another file.
  GgufBuilder& Value(const std::string& key, const GgufValue& value) {
    constexpr uint32_t kArray = 9;
    const std::string bytes(value.bytes);
    return value.is_array ? Value(key, kArray, Little(value.type) + Little(value.count) + bytes)
                          : Value(key, value.type, bytes);
  }

  /// Adds a float32 tensor with its data.
  GgufBuilder& Tensor(const std::string& name, const std::vector<int64_t>& shape,
                      const std::vector<float>& values) {
    return TensorWithData(
        name, shape, 0,
        std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
  }

  GgufBuilder& TensorWithData(const std::string& name, const std::vector<int64_t>& shape, uint32_t type,
                              const std::string& bytes) {
    Tensor(name, std::vector<uint64_t>(shape.rbegin(), shape.rend()), type, data.size());
    data += bytes;
    data.append((32 - data.size() % 32) % 32, '\0');
    return *this;
  }

  std::string Bytes() const {
    std::string bytes = "GGUF" + Little(version) + Little(n_tensors) + Little(n_values) + values + table;
    bytes.append((32 - bytes.size() % 32) % 32, '\0');
    return bytes + data;
  }
};

}  // namespace vffn
