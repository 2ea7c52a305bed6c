#include "analysis/document_loss.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "analysis/clustered_mean.h"
#include "base/error.h"

namespace vffn {

LossSummary Summarise(std::span<const DocumentLoss> documents) {
  LossSummary summary;
  ClusteredMeans by_token, by_byte;
  for (const DocumentLoss& document : documents) {
    VFFN_CHECK(std::isfinite(document.nll), "the loss of document ", document.id, " is ", document.nll);
    ++summary.documents;
    summary.tokens += document.tokens;
    summary.bytes += document.bytes;
    by_token.Add(static_cast<double>(document.tokens), document.nll);
    by_byte.Add(static_cast<double>(document.bytes), document.nll * std::numbers::log2e);
  }
  VFFN_CHECK(summary.tokens > 0 && summary.bytes > 0, "there are no documents with tokens");
  summary.nats_per_token = by_token.Of(1, 0).value();
  summary.bits_per_byte = by_byte.Of(1, 0).value();
  return summary;
}

std::map<std::string, LossSummary> SummariseBySource(std::span<const DocumentLoss> documents) {
  std::map<std::string, std::vector<DocumentLoss>> sources;
  for (const DocumentLoss& document : documents) {
    sources[document.source].push_back(document);
  }
  std::map<std::string, LossSummary> summaries;
  for (const auto& [source, of_source] : sources) {
    summaries[source] = Summarise(of_source);
  }
  return summaries;
}

LossSummary DifferenceOf(std::span<const DocumentLoss> a, std::span<const DocumentLoss> b) {
  VFFN_CHECK(a.size() == b.size(), "the losses are of ", a.size(), " and ", b.size(), " documents");
  std::vector<DocumentLoss> differences(b.begin(), b.end());
  for (size_t i = 0; i < differences.size(); ++i) {
    VFFN_CHECK(a[i].id == b[i].id && a[i].tokens == b[i].tokens && a[i].bytes == b[i].bytes, "document ", i,
               " is ", a[i].id, " with ", a[i].tokens, " tokens for one model and ", b[i].id, " with ",
               b[i].tokens, " for the other");
    differences[i].nll -= a[i].nll;
  }
  return Summarise(differences);
}

}  // namespace vffn
