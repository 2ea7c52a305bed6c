// Scored docs made by hand.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "eval/scored_doc.h"

namespace vffn {

inline ScoredChoice MakeChoice(std::string_view continuation, std::vector<float> log_probs) {
  ScoredChoice choice{
      .tokens = std::vector<TokenId>(log_probs.size(), 5),
      .greedy = std::vector<uint8_t>(log_probs.size(), 0),
      .context_tokens = 3,
      .length = LengthOf(continuation),
      .length_without_blank = LengthOf(continuation.substr(continuation.starts_with(' ') ? 1 : 0))};
  choice.log_probs = std::move(log_probs);
  return choice;
}

/// With an unconditional request whose tokens have these log-probabilities.
inline ScoredChoice MakeChoice(std::string_view continuation, std::vector<float> log_probs,
                               std::vector<float> unconditional) {
  ScoredChoice choice = MakeChoice(continuation, std::move(log_probs));
  choice.unconditional = {.tokens = std::vector<TokenId>(unconditional.size(), 5),
                          .log_probs = unconditional,
                          .greedy = std::vector<uint8_t>(unconditional.size(), 1),
                          .context_tokens = 2};
  return choice;
}

inline ScoredDoc MakeDoc(std::string task, int64_t doc_id, int gold, std::vector<ScoredChoice> choices) {
  return {.task = std::move(task),
          .doc_id = doc_id,
          .gold = gold,
          .request_sha256 = "hash",
          .choices = std::move(choices)};
}

}  // namespace vffn
