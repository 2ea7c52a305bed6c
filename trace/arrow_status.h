// Errors of Arrow as errors of ours. Only for files that know Arrow.
#pragma once

#include <arrow/result.h>
#include <arrow/status.h>

#include <filesystem>
#include <utility>

#include "base/error.h"

namespace vffn {

inline void CheckArrow(const arrow::Status& status, const std::filesystem::path& path) {
  VFFN_CHECK(status.ok(), path.string(), ": ", status.ToString());
}

template <class T>
T TakeArrow(arrow::Result<T> result, const std::filesystem::path& path) {
  CheckArrow(result.status(), path);
  return std::move(result).ValueUnsafe();
}

/// Runs `body`; an exception of Arrow's becomes an Error.
template <class Body>
auto WithArrowErrors(const std::filesystem::path& path, Body&& body) {
  try {
    return body();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    Fail(path.string(), ": ", error.what());
  }
}

}  // namespace vffn
