// Correlation of a token's loop counts with measures of its difficulty.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/counting.h"
#include "analysis/rank_correlation.h"
#include "trace/trace_reader.h"

namespace vffn {

/// The quantity that loop counts are correlated with.
enum class TokenQuantity {
  kSurprisal,      ///< "surprisal": -ln p of the token itself; tokens of continuations
  kNextSurprisal,  ///< "next_surprisal": mean -ln p of the scored tokens after it, which its loops help
                   ///< predict
  kFrequency,      ///< "frequency": how often its id is in the trace, counted alike
  kPosition,       ///< "position": tokens before it
  kCorrectness,    ///< "correctness": its doc was answered correctly
};
inline constexpr int kTokenQuantities = 5;

std::string_view NameOf(TokenQuantity quantity);

struct TokenCorrelation {
  TokenQuantity quantity;
  std::optional<int64_t> layer;  ///< absent: the mean of all layers' loop counts
  RankCorrelation correlation;
};

/// Whether docs were answered correctly, by (task, doc_id).
using Correctness = std::map<std::pair<std::string, int64_t>, bool>;

/// Holds a few bytes per token and layer until Result.
class TokenAnalysis {
 public:
  static constexpr TraceColumns kColumns = {.log_probs = true, .loop_counts = true};

  /// Throws Error, saying what the model is, if its traces have no loop counts.
  TokenAnalysis(const TraceHeader& header, const Counting& counting);

  void Add(const DocTrace& doc);

  /// For every quantity the mean of all layers, and each of `layers`. Docs without
  /// an entry in `correctness` are left out of that quantity.
  std::vector<TokenCorrelation> Result(const std::vector<int64_t>& layers, const Correctness& correctness,
                                       const RankCorrelationOptions& options) const;

 private:
  struct Token {
    int32_t doc, token, position, count;
    int32_t loops;  // of all layers
    std::optional<float> surprisal, next_surprisal;
  };

  std::optional<double> ValueOf(const Token& token, TokenQuantity quantity,
                                const std::vector<std::optional<bool>>& correct) const;

  TraceShape shape_;
  Counting counting_;
  std::vector<std::pair<std::string, int64_t>> docs_;
  std::vector<Token> tokens_;
  std::vector<uint8_t> loops_;  // [tokens, layers]
  std::unordered_map<int32_t, int64_t> frequencies_;
};

}  // namespace vffn
