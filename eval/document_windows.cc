#include "eval/document_windows.h"

#include <algorithm>

#include "base/error.h"

namespace vffn {

std::vector<Request> DocumentWindows(std::span<const TokenId> document, TokenId before, int64_t length) {
  VFFN_CHECK(length > 0, "a window has ", length, " tokens");
  std::vector<Request> windows;
  while (!document.empty()) {
    const auto window = document.first(std::min(document.size(), static_cast<size_t>(length)));
    windows.push_back({.context = {before}, .continuation = {window.begin(), window.end()}});
    before = window.back();
    document = document.subspan(window.size());
  }
  return windows;
}

}  // namespace vffn
