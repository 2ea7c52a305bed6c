// Bounds-checked reading of little-endian binary data.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace vffn {

static_assert(std::endian::native == std::endian::little, "the file formats read here are little-endian");

/// Reads forward through bytes that it does not own. Every read throws Error, with `origin` and the byte
/// offset, if too few bytes are left.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string origin, size_t position = 0)
      : bytes_(bytes), origin_(std::move(origin)), position_(position) {
    VFFN_CHECK(position <= bytes.size(), origin_, ": offset ", position, " is past the end, byte ",
               bytes.size());
  }

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  const std::string& origin() const { return origin_; }

  /// The next `count` bytes. `what` names them in an error.
  std::string_view Take(uint64_t count, const char* what) {
    VFFN_CHECK(count <= remaining(), origin_, ": truncated or corrupt: ", what, " at byte ", position_,
               " needs ", count, " bytes, the file has ", remaining(), " left");
    const std::string_view taken = bytes_.substr(position_, count);
    position_ += count;
    return taken;
  }

  template <class T>
  T Read(const char* what) {
    T value;
    std::memcpy(&value, Take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

 private:
  std::string_view bytes_;
  std::string origin_;
  size_t position_;
};

}  // namespace vffn
