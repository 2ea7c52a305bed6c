// Documents longer than the context of a model, as requests.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "eval/request.h"

namespace vffn {

/// Requests that together predict every token of a document once. A window predicts up to `length` tokens:
/// the first window from the token `before` on, every other one from the last token of the window before it
/// on. So windows do not overlap, and the first tokens of a window have little context: the loss is that of a
/// model that forgets everything every `length` tokens.
std::vector<Request> DocumentWindows(std::span<const TokenId> document, TokenId before, int64_t length);

}  // namespace vffn
