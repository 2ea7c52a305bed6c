// The GGUF container (versions 2 and 3, little-endian): typed metadata and tensors.
// Specification: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/byte_reader.h"
#include "model/weights/tensor_view.h"

namespace vffn {

/// One metadata value, not decoded.
struct GgufValue {
  uint32_t type = 0;  ///< GGUF's type number; of the elements where it is an array
  bool is_array = false;
  uint64_t count = 1;      ///< elements of an array
  std::string_view bytes;  ///< the elements
  size_t offset = 0;       ///< of `bytes` in the file
};

class GgufFile {
 public:
  /// Parses and checks header, metadata and tensor table. `bytes` (the whole file) must outlive the object.
  /// Throws Error, beginning with `origin`, if the file is truncated, or something in it overlaps, overflows,
  /// is there twice or has an unknown type. The Error about tensor types that are not supported lists all of
  /// them.
  GgufFile(std::string_view bytes, std::string origin);

  const std::string& origin() const { return origin_; }
  const std::vector<TensorView>& tensors() const { return tensors_; }
  const std::map<std::string, GgufValue, std::less<>>& metadata() const { return metadata_; }

  /// Adds the tensors of another part of the same model.
  void AddTensors(const GgufFile& part);

  /// Null if there is no tensor of that name.
  const TensorView* FindTensor(std::string_view name) const;

  // Return nothing (or an empty list) if the key is absent. Throw Error if the value has another type, or if
  // an integer does not fit. Integers and floats may have any width.
  std::optional<std::string> String(std::string_view key) const;
  std::optional<int64_t> Integer(std::string_view key) const;
  std::optional<double> Float(std::string_view key) const;
  std::optional<bool> Bool(std::string_view key) const;
  std::vector<std::string> Strings(std::string_view key) const;
  std::vector<int32_t> Int32s(std::string_view key) const;
  /// Of any integer type; of one number, a list of one. Bools are 0 and 1.
  std::vector<int64_t> Integers(std::string_view key) const;
  std::vector<float> Floats(std::string_view key) const;

  /// The value as text for messages; of an array, type and length.
  std::string Text(std::string_view key) const;

 private:
  void ReadMetadata(ByteReader& reader, uint64_t count);
  GgufValue ReadValue(ByteReader& reader, const std::string& key) const;
  void ReadTensors(ByteReader& reader, uint64_t count, std::string_view bytes);
  uint64_t Alignment() const;
  void CheckNoOverlap() const;
  const GgufValue* Find(std::string_view key) const;
  const GgufValue* FindArray(std::string_view key, uint32_t element_type) const;
  [[noreturn]] void FailType(std::string_view key, const GgufValue& value, const char* wanted) const;

  std::string origin_;
  std::map<std::string, GgufValue, std::less<>> metadata_;
  std::vector<TensorView> tensors_;
};

}  // namespace vffn
