// The error that ends a command when the user asks it to stop.
#pragma once

#include "base/error.h"

namespace vffn {

/// A stop was requested before the work was complete; the message says how to continue.
class Interrupted : public Error {
 public:
  using Error::Error;
};

}  // namespace vffn
