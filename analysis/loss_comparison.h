// The losses of two models on the same documents.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/document_loss.h"
#include "analysis/paired_bootstrap.h"

namespace vffn {

/// A document under both models.
struct PairedLoss {
  int64_t document = 0;  ///< index in the corpus
  DocumentLoss a, b;
};

/// What a sum of log-probabilities is divided by.
enum class LossMeasure {
  kNatsPerToken,
  kBitsPerByte,
  kNatsPerWord,
};

/// "nats_per_token", as files name it; and for people, "nats a token".
std::string_view NameOf(LossMeasure measure);
std::string_view TitleOf(LossMeasure measure);

/// b - a in one measure.
struct LossChange {
  LossMeasure measure = LossMeasure::kNatsPerToken;
  double a = 0, b = 0;
  Estimate difference;                         ///< error clustered by document (ClusteredMeans)
  std::optional<ConfidenceInterval> interval;  ///< bootstrap of documents
};

/// All documents, or those of one source. The test is the same in every measure: it flips the signs of the
/// differences of whole documents, which the measures divide by the same number.
struct LossComparison {
  std::string source;  ///< empty: all documents
  int64_t documents = 0;
  int64_t improved = 0, worsened = 0;  ///< documents to which b gives more, less probability than a
  std::vector<LossChange> changes;     ///< in the order of the measures; those that are known of both models
  std::optional<double> p;             ///< SignFlipP
  std::optional<double> adjusted_p;    ///< Holm

  /// Null if the measure is not known.
  const LossChange* Find(LossMeasure measure) const;
};

/// First of each source, if there are several, then of all documents. Nats a token are compared only if
/// `same_tokens`: otherwise the models count different tokens. Replicates and seed of the bootstrap are those
/// of the test, too. Throws Error if there are no documents, no document has tokens, or a document has other
/// bytes (or, with `same_tokens`, other tokens) under one model than under the other, naming it.
std::vector<LossComparison> CompareLosses(std::span<const PairedLoss> documents, bool same_tokens,
                                          const BootstrapOptions& options);

}  // namespace vffn
