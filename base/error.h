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

}  // namespace vffn

/// Throws Error with the message that Fail would build from the other arguments, unless `condition` is true.
/// It stays on in release builds. A macro, because the arguments are evaluated only when the condition is
/// false: they may be costly.
#define VFFN_CHECK(condition, ...)   \
  do {                               \
    if (!(condition)) [[unlikely]] { \
      ::vffn::Fail(__VA_ARGS__);     \
    }                                \
  } while (false)
