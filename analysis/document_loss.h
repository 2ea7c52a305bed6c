// The loss of a model on documents: means over tokens and bytes, and paired differences of two models.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "analysis/estimate.h"

namespace vffn {

struct DocumentLoss {
  std::string id;
  std::string source;  ///< the file it comes from
  int64_t tokens = 0;  ///< that were predicted
  int64_t bytes = 0;   ///< of the UTF-8 text that these tokens stand for; the eos has none
  double nll = 0;      ///< sum over the tokens of -log-probability, nats

  bool operator==(const DocumentLoss&) const = default;
};

/// Errors are clustered by document (ClusteredMeans): documents were sampled, not tokens.
struct LossSummary {
  int64_t documents = 0, tokens = 0, bytes = 0;
  Estimate nats_per_token;
  Estimate bits_per_byte;
};

/// Throws Error if there are no tokens or no bytes.
LossSummary Summarise(std::span<const DocumentLoss> documents);

/// One summary for each source.
std::map<std::string, LossSummary> SummariseBySource(std::span<const DocumentLoss> documents);

/// Nats a token and bits a byte of b minus those of a, document by document. Throws Error unless both are of
/// the same documents in the same order with the same tokens.
LossSummary DifferenceOf(std::span<const DocumentLoss> a, std::span<const DocumentLoss> b);

}  // namespace vffn
