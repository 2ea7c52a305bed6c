// A scorer that gives the scores of docs in the order of the docs.
#pragma once

#include "eval/scorer.h"

namespace vffn {

/// Passes docs on to another scorer and holds scores back until those of all earlier docs were given. When
/// the other scorer returns early or throws, the scores that are held are given before Score returns or
/// throws, unless it was `done` that threw. What is held is little: scorers begin docs in order.
class OrderedScorer : public Scorer {
 public:
  explicit OrderedScorer(Scorer& scorer) : scorer_(scorer) {}

  void Score(std::span<const RequestDoc> docs, const Done& done, std::stop_token stop) override;
  int64_t max_sequence_length() const override { return scorer_.max_sequence_length(); }

 private:
  Scorer& scorer_;
};

}  // namespace vffn
