// The message of the Error that a call throws.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace vffn {

/// Empty if `call` throws no Error.
template <class Call>
std::string MessageOf(Call&& call) {
  try {
    std::forward<Call>(call)();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace vffn
