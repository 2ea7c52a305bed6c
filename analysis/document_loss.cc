#include "analysis/document_loss.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "analysis/clustered_mean.h"
#include "base/error.h"

namespace vffn {

namespace {

/// The mean of `nll` by one of the counts of a document; absent if a document, or all of them, have none.
std::optional<Estimate> NatsPer(int64_t DocumentLoss::*count, std::span<const DocumentLoss> documents) {
  ClusteredMeans means;
  for (const DocumentLoss& document : documents) {
    means.Add(static_cast<double>(document.*count), document.nll);
  }
  return means.Of(1, 0);
}

/// The sum of a count that is 0 where it is not known; absent unless it is known of every document with text.
std::optional<int64_t> KnownSum(int64_t DocumentLoss::*count, std::span<const DocumentLoss> documents) {
  int64_t sum = 0;
  for (const DocumentLoss& document : documents) {
    if (document.*count == 0 && document.bytes > 0) {
      return std::nullopt;
    }
    sum += document.*count;
  }
  return sum > 0 ? std::optional(sum) : std::nullopt;
}

Estimate InBits(Estimate nats) {
  nats.value *= std::numbers::log2e;
  if (nats.standard_error) {
    *nats.standard_error *= std::numbers::log2e;
  }
  return nats;
}

Estimate Exponential(const Estimate& nats) {
  Estimate result{.value = std::exp(nats.value)};
  if (nats.standard_error) {
    result.standard_error = result.value * *nats.standard_error;
  }
  return result;
}

/// Absent if it is beyond all numbers, as where a text is one long word.
std::optional<Estimate> FinitePerplexity(const Estimate& nats) {
  const Estimate perplexity = Exponential(nats);
  return std::isfinite(perplexity.value) && std::isfinite(perplexity.standard_error.value_or(0))
             ? std::optional(perplexity)
             : std::nullopt;
}

}  // namespace

LossSummary Summarise(std::span<const DocumentLoss> documents) {
  LossSummary summary;
  for (const DocumentLoss& document : documents) {
    VFFN_CHECK(std::isfinite(document.nll), "the loss of document ", document.id, " is ", document.nll);
    ++summary.documents;
    summary.tokens += document.tokens;
    summary.bytes += document.bytes;
  }
  VFFN_CHECK(summary.tokens > 0, "there are no documents with tokens");
  summary.characters = KnownSum(&DocumentLoss::characters, documents);
  summary.words = KnownSum(&DocumentLoss::words, documents);
  summary.nats_per_token = NatsPer(&DocumentLoss::tokens, documents).value();
  summary.token_perplexity = Exponential(summary.nats_per_token);
  if (const auto nats = NatsPer(&DocumentLoss::bytes, documents)) {
    summary.bits_per_byte = InBits(*nats);
    summary.byte_perplexity = FinitePerplexity(*nats);
  }
  if (summary.characters) {
    summary.bits_per_character = InBits(NatsPer(&DocumentLoss::characters, documents).value());
  }
  if (summary.words) {
    summary.word_perplexity = FinitePerplexity(NatsPer(&DocumentLoss::words, documents).value());
  }
  return summary;
}

std::map<std::string, LossSummary> SummariseBySource(std::span<const DocumentLoss> documents) {
  std::map<std::string, std::vector<DocumentLoss>> sources;
  for (const DocumentLoss& document : documents) {
    sources[document.source].push_back(document);
  }
  std::map<std::string, LossSummary> summaries;
  for (const auto& [source, of_source] : sources) {
    if (std::ranges::any_of(of_source, [](const DocumentLoss& document) { return document.tokens > 0; })) {
      summaries[source] = Summarise(of_source);
    }
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
