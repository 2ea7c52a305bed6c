// The scores of one doc: everything that a metric needs, and everything that the ledger keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/request.h"
#include "eval/scorer.h"
#include "tasks/example.h"

namespace vffn {

/// The lengths of a text, for normalised metrics.
struct TextLength {
  int64_t characters = 0;  ///< Unicode code points: Python's len()
  int64_t bytes = 0;       ///< of UTF-8

  bool operator==(const TextLength&) const = default;
};

/// The scores of a choice's unconditional request.
struct UnconditionalScores {
  std::vector<TokenId> tokens;   ///< of the continuation
  std::vector<float> log_probs;  ///< natural log, finite; one per token
  std::vector<uint8_t> greedy;   ///< 1 where the token is the most probable one; one per token
  int64_t context_tokens = 0;    ///< that the model read
  int64_t truncated_tokens = 0;  ///< cut from the left of the context to fit the model

  double LogLikelihood() const;  ///< as ScoredChoice's
  bool IsGreedy() const;         ///< every token is

  bool operator==(const UnconditionalScores&) const = default;
};

struct ScoredChoice {
  std::vector<TokenId> tokens;      ///< of the continuation
  std::vector<float> log_probs;     ///< natural log, finite; one per token
  std::vector<uint8_t> greedy;      ///< 1 where the token is the most probable one; one per token
  int64_t context_tokens = 0;       ///< that the model read
  int64_t truncated_tokens = 0;     ///< cut from the left of the context to fit the model
  TextLength length;                ///< of the continuation
  TextLength length_without_blank;  ///< of the continuation without its delimiter (tasks/example.h): without
                                    ///< one leading U+0020, if it begins with one
  std::optional<int64_t> words;     ///< CountSplitWords of a text that was scored in windows; others: absent
  std::optional<UnconditionalScores> unconditional;  ///< of all choices of a doc, or of none

  /// Sum of the log-probabilities, in double, from left to right.
  double LogLikelihood() const;
  bool IsGreedy() const;  ///< every token is

  bool operator==(const ScoredChoice&) const = default;
};

struct ScoredDoc {
  std::string task;
  int64_t doc_id = 0;
  int gold = 0;
  std::string request_sha256;  ///< RequestHash of what was scored
  std::vector<ScoredChoice> choices;

  /// Whether a text was scored from its first character on, in windows.
  bool rolling() const { return choices.size() == 1 && choices[0].words.has_value(); }

  bool operator==(const ScoredDoc&) const = default;
};

TextLength LengthOf(std::string_view utf8);

/// Identifies the token ids of every context and continuation of a doc, those of its unconditional requests
/// included.
std::string RequestHash(const RequestDoc& requests);

/// Joins an example, its requests and their scores. Throws Error, naming task and doc, if they do not fit
/// together or a log-probability is not finite.
ScoredDoc MakeScoredDoc(std::string_view task, const Example& example, const RequestDoc& requests,
                        const std::vector<RequestScores>& scores);

/// Throws Error beginning with `origin` unless the doc has choices, its gold index names one of them, all
/// choices or none have unconditional scores, and every choice and every unconditional request has tokens,
/// one finite log-probability and one flag for each.
void Validate(const ScoredDoc& doc, std::string_view origin);

}  // namespace vffn
