#include "tokens/held_out.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "base/sha256.h"

namespace vffn {

bool IsHeldOut(const HeldOutOptions& options, std::string_view content) {
  if (options.share <= 0) {
    return false;
  }
  Sha256 hash;
  hash.Update(options.salt);
  hash.Update(std::string_view("\0", 1));
  hash.Update(content);
  const std::string hex = hash.Hex();
  uint64_t number = 0;
  std::from_chars(hex.data(), hex.data() + 16, number, 16);
  return static_cast<long double>(number) < static_cast<long double>(options.share) * std::ldexp(1.0L, 64);
}

}  // namespace vffn
