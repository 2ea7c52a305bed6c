// Errors: one exception type, one message, caught once in main.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace vffn {

/// Something the user can act on: bad input, a missing file, a full disk. The message says what was wrong,
/// the value, the file and offset, and what to do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Error with the parts joined as by operator<<.
template <class... Parts>
[[noreturn]] void Fail(const Parts&... parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw Error(message.str());
}

/// Throws Error unless `ok`. Stays on in release builds.
template <class... Parts>
void Check(bool ok, const Parts&... parts) {
  if (!ok) [[unlikely]] {
    Fail(parts...);
  }
}

}  // namespace vffn
