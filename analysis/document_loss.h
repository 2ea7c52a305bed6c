// The loss of a model on documents: means over tokens, bytes, characters and words, and paired differences of
// two models.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "analysis/estimate.h"

namespace vffn {

/// A document, or a piece of a stream of documents (LossWindow::of_stream).
struct DocumentLoss {
  std::string id;
  std::string source;      ///< the file it comes from
  int64_t tokens = 0;      ///< by which the sum is divided: that were predicted (LossDenominator)
  int64_t bytes = 0;       ///< of the UTF-8 text that the predicted tokens stand for; the eos has none
  double nll = 0;          ///< sum over the predicted tokens of -log-probability, nats
  int64_t characters = 0;  ///< Unicode code points of that text; 0: not known, or there are none
  int64_t words = 0;       ///< of that text, as CountSplitWords counts; 0: not known

  bool operator==(const DocumentLoss&) const = default;
};

/// Sums over documents, and the means that follow. Errors are clustered by document (ClusteredMeans):
/// documents were sampled, not tokens. Those of the exponentials are by the delta method: the error of exp(x)
/// is exp(x) times that of x.
struct LossSummary {
  int64_t documents = 0, tokens = 0, bytes = 0;
  std::optional<int64_t> characters, words;  ///< absent if they are not known of every document
  Estimate nats_per_token;
  Estimate token_perplexity;  ///< exp(nll / tokens)
  // Absent if the text has no bytes, or its characters or words are not known, or a perplexity is beyond all
  // numbers.
  std::optional<Estimate> bits_per_byte, bits_per_character;
  std::optional<Estimate> byte_perplexity;  ///< exp(nll / bytes)
  std::optional<Estimate> word_perplexity;  ///< exp(nll / words)
};

/// Throws Error if there are no tokens, or a loss is not finite.
LossSummary Summarise(std::span<const DocumentLoss> documents);

/// One summary for each source that has tokens.
std::map<std::string, LossSummary> SummariseBySource(std::span<const DocumentLoss> documents);

/// The summary of b minus a, document by document; its perplexities are b's divided by a's. Throws Error
/// unless both are of the same documents in the same order with the same tokens and bytes.
LossSummary DifferenceOf(std::span<const DocumentLoss> a, std::span<const DocumentLoss> b);

}  // namespace vffn
