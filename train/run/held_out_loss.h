// The loss of a model over held-out sequences, as at inference: loop counts are the predicted ones, none is
// drawn.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "eval/request.h"
#include "eval/scorer.h"
#include "runs/tokenizer_source.h"
#include "train/data/training_data.h"

namespace vffn {

/// Sequences whose tokens are predicted, each but the first from those before it in its sequence.
struct HeldOutSequences {
  std::vector<RequestDoc> docs;
  int64_t tokens = 0;            ///< that are predicted
  std::optional<int64_t> bytes;  ///< of their text, without end-of-text tokens; absent without a tokenizer
};

/// `count` sequences at equal distances; 0 or more than there are: all.
HeldOutSequences LoadHeldOut(const TokenSequences& data, int64_t count, int64_t vocab_size,
                             const ModelTokenizer* tokenizer);

struct HeldOutLoss {
  double loss = 0;                      ///< nats a predicted token
  std::optional<double> bits_per_byte;  ///< of the text
  std::vector<double> sequences;        ///< nats of each sequence, summed over its predicted tokens
};

/// Throws Interrupted on a stop, Error as Scorer::Score does.
HeldOutLoss ScoreHeldOut(const HeldOutSequences& held_out, Scorer& scorer, const std::stop_token& stop = {});

}  // namespace vffn
