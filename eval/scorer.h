// The interface between evaluator and model: tokens in, log-probabilities out.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "eval/request.h"

namespace vffn {

/// The scores of one request's continuation, token by token.
struct RequestScores {
  std::vector<float> log_probs;  ///< natural log, finite
  std::vector<uint8_t> greedy;   ///< 1 where the token is the most probable one (ties to the lowest id)
};

class Scorer {
 public:
  virtual ~Scorer() = default;

  /// Called once per doc with its index in `docs`, in no particular order, never twice at a time.
  using Done = std::function<void(size_t doc_index, std::vector<RequestScores> scores)>;

  /// Scores every doc. A doc's scores do not depend on the others, on their order or on the number of
  /// workers. Returns early, between packs, when a stop is requested. Throws Error if a log-probability is
  /// NaN or infinite (naming the doc), or whatever `done` throws.
  virtual void Score(std::span<const RequestDoc> docs, const Done& done, std::stop_token stop) = 0;

  /// Tokens a sequence may have.
  virtual int64_t max_sequence_length() const = 0;
};

}  // namespace vffn
