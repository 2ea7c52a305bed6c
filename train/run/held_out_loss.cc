#include "train/run/held_out_loss.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/interrupted.h"

namespace vffn {
namespace {

/// Bytes of the text of tokens.
int64_t TextBytes(const std::vector<TokenId>& tokens, const ModelTokenizer& tokenizer) {
  const std::optional<TokenId> end = tokenizer.special.end_of_document();
  int64_t bytes = 0;
  for (const TokenId token : tokens) {
    bytes += token == end ? 0 : static_cast<int64_t>(tokenizer.tokenizer->TokenBytes(token).size());
  }
  return bytes;
}

}  // namespace

HeldOutSequences LoadHeldOut(const TokenSequences& data, int64_t count, int64_t vocab_size,
                             const ModelTokenizer* tokenizer) {
  HeldOutSequences held_out;
  if (tokenizer != nullptr) {
    held_out.bytes = 0;
  }
  const int64_t taken = count > 0 ? std::min(count, data.size()) : data.size();
  std::vector<int64_t> tokens(static_cast<size_t>(data.sequence_length()));
  for (int64_t i = 0; i < taken; ++i) {
    data.Read(i * data.size() / taken, vocab_size, tokens);
    Request request{.context = {static_cast<TokenId>(tokens.front())}};
    for (size_t t = 1; t < tokens.size(); ++t) {
      request.continuation.push_back(static_cast<TokenId>(tokens[t]));
    }
    held_out.tokens += static_cast<int64_t>(request.continuation.size());
    if (tokenizer != nullptr) {
      *held_out.bytes += TextBytes(request.continuation, *tokenizer);
    }
    held_out.docs.push_back({.task = "held-out sequences", .doc_id = i, .requests = {std::move(request)}});
  }
  return held_out;
}

HeldOutLoss ScoreHeldOut(const HeldOutSequences& held_out, Scorer& scorer, const std::stop_token& stop) {
  HeldOutLoss result{.sequences = std::vector<double>(held_out.docs.size())};
  size_t left = held_out.docs.size();
  scorer.Score(
      held_out.docs,
      [&](size_t index, std::vector<RequestScores> scores) {
        const std::vector<float>& log_probs = scores.front().log_probs;
        result.sequences[index] = -std::accumulate(log_probs.begin(), log_probs.end(), 0.0);
        --left;
      },
      stop);
  if (left > 0) {
    throw Interrupted("interrupted while held-out sequences were scored");
  }
  const double nats = std::accumulate(result.sequences.begin(), result.sequences.end(), 0.0);
  result.loss = nats / static_cast<double>(held_out.tokens);
  if (held_out.bytes.value_or(0) > 0) {
    result.bits_per_byte = nats / std::numbers::ln2 / static_cast<double>(*held_out.bytes);
  }
  return result;
}

}  // namespace vffn
