#include "eval/document_windows.h"

#include <algorithm>

#include "base/error.h"

namespace vffn {
namespace {

std::vector<TokenId> Copy(std::span<const TokenId> tokens) { return {tokens.begin(), tokens.end()}; }

}  // namespace

std::vector<Request> SlidingWindows(std::span<const TokenId> tokens, TokenId prefix, int64_t length,
                                    int64_t stride) {
  VFFN_CHECK(stride > 0 && stride <= length, "a window has ", length, " tokens and the next one begins ",
             stride, " tokens later; a stride is from 1 to the length of a window");
  std::vector<Request> windows;
  const size_t size = tokens.size(), window = static_cast<size_t>(length);
  for (size_t predicted = 0; predicted < size;) {
    const size_t count = std::min(size - predicted, predicted == 0 ? window : static_cast<size_t>(stride));
    const size_t end = predicted + count;
    // The window reads the `window` tokens before its last one.
    windows.push_back({.context = predicted == 0 ? std::vector<TokenId>{prefix}
                                                 : Copy(tokens.first(predicted).subspan(end - window - 1)),
                       .continuation = Copy(tokens.subspan(predicted, count))});
    predicted = end;
  }
  return windows;
}

std::vector<Request> RollingWindows(std::span<const TokenId> tokens, TokenId prefix, int64_t length) {
  return SlidingWindows(tokens, prefix, length, length);
}

std::vector<Request> DisjointWindows(std::span<const TokenId> document, TokenId before, int64_t length) {
  VFFN_CHECK(length > 0, "a window has ", length, " tokens");
  std::vector<Request> windows;
  while (!document.empty()) {
    const auto window = document.first(std::min(document.size(), static_cast<size_t>(length)));
    windows.push_back({.context = {before}, .continuation = Copy(window)});
    before = window.back();
    document = document.subspan(window.size());
  }
  return windows;
}

Request ChunkWindow(std::span<const TokenId> chunk, std::optional<TokenId> first) {
  VFFN_CHECK(chunk.size() > 2, "a chunk has ", chunk.size(), " tokens; it must have at least 3");
  const size_t context = chunk.size() / 2 + 1;
  Request request{.context = Copy(chunk.first(context)), .continuation = Copy(chunk.subspan(context))};
  if (first) {
    request.context.front() = *first;
  }
  return request;
}

Request PackedWindow(std::span<const TokenId> sequence) {
  VFFN_CHECK(sequence.size() > 1, "a sequence has ", sequence.size(), " tokens; it must have at least 2");
  return {.context = {sequence.front()}, .continuation = Copy(sequence.subspan(1))};
}

}  // namespace vffn
