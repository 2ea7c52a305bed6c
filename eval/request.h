// Examples as token ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

/// One tokenised choice: the log-probability of each token of `continuation` is wanted, given `context` and
/// the tokens before it. Neither is empty.
struct Request {
  std::vector<TokenId> context;
  std::vector<TokenId> continuation;
  int64_t truncated = 0;  ///< tokens cut from the left of the context to fit the model
};

/// The requests of one example.
struct RequestDoc {
  std::string task;  ///< for error messages
  int64_t doc_id = 0;
  std::vector<Request> requests;  ///< one per choice, then the unconditional ones in the same order
  size_t unconditional = 0;       ///< unconditional requests: none, or one per choice (tasks/example.h)
  bool rolling = false;           ///< the requests are the windows of the only choice, one after the other

  size_t choices() const { return rolling ? 1 : requests.size() - unconditional; }
};

}  // namespace vffn
