#include "analysis/loss_comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>

#include "analysis/clustered_mean.h"
#include "analysis/sign_flip_test.h"
#include "base/error.h"

namespace vffn {
namespace {

struct MeasureFacts {
  LossMeasure measure;
  std::string_view name, title;
  int64_t DocumentLoss::*count;
  double per_nat;  ///< of its unit
};

constexpr std::array<MeasureFacts, 3> kMeasures = {
    {{LossMeasure::kNatsPerToken, "nats_per_token", "nats a token", &DocumentLoss::tokens, 1},
     {LossMeasure::kBitsPerByte, "bits_per_byte", "bits a byte", &DocumentLoss::bytes, std::numbers::log2e},
     {LossMeasure::kNatsPerWord, "nats_per_word", "nats a word", &DocumentLoss::words, 1}}};

const MeasureFacts& FactsOf(LossMeasure measure) {
  const auto found = std::ranges::find(kMeasures, measure, &MeasureFacts::measure);
  VFFN_CHECK(found != kMeasures.end(), "a measure of number ", static_cast<int>(measure));
  return *found;
}

void CheckSameDocument(const PairedLoss& pair, bool same_tokens) {
  const DocumentLoss& a = pair.a;
  const DocumentLoss& b = pair.b;
  VFFN_CHECK(std::isfinite(a.nll) && std::isfinite(b.nll), "document ", pair.document, " (", a.id,
             "): its loss is ", a.nll, " and ", b.nll);
  VFFN_CHECK(a.id == b.id && a.bytes == b.bytes, "document ", pair.document, " is ", a.id, " with ", a.bytes,
             " bytes for one model and ", b.id, " with ", b.bytes, " for the other");
  VFFN_CHECK(!same_tokens || a.tokens == b.tokens, "document ", pair.document, " (", a.id, ") has ", a.tokens,
             " tokens for one model and ", b.tokens,
             " for the other, although their tokenizers are the same");
}

/// Whether every document with text has its count, and some document has one.
bool IsKnown(const MeasureFacts& facts, std::span<const PairedLoss> documents) {
  bool any = false;
  for (const PairedLoss& pair : documents) {
    const int64_t a = pair.a.*facts.count, b = pair.b.*facts.count;
    if (a != b || (a == 0 && pair.a.bytes > 0)) {
      return false;
    }
    any = any || a > 0;
  }
  return any;
}

LossChange ChangeOf(const MeasureFacts& facts, std::span<const PairedLoss> documents,
                    const BootstrapOptions& options) {
  ClusteredMeans means;  // of a, and of b - a
  Stratum stratum{.name = "losses"};
  for (const PairedLoss& pair : documents) {
    const int64_t count = pair.a.*facts.count;
    const double difference = facts.per_nat * (pair.b.nll - pair.a.nll);
    means.Add(static_cast<double>(count), facts.per_nat * pair.a.nll, difference);
    stratum.differences.push_back(difference);
    stratum.sizes.push_back(count);
  }
  LossChange change{
      .measure = facts.measure, .a = means.Of(1, 0).value().value, .difference = means.Of(0, 1).value()};
  change.b = means.Of(1, 1).value().value;
  change.interval = PairedBootstrap({&stratum, 1}, options).strata.front();
  return change;
}

LossComparison CompareGroup(const std::string& source, std::span<const PairedLoss> documents,
                            bool same_tokens, const BootstrapOptions& options) {
  LossComparison comparison{.source = source, .documents = static_cast<int64_t>(documents.size())};
  std::vector<double> differences;
  for (const PairedLoss& pair : documents) {
    differences.push_back(pair.b.nll - pair.a.nll);
    comparison.improved += differences.back() < 0 ? 1 : 0;
    comparison.worsened += differences.back() > 0 ? 1 : 0;
  }
  for (const MeasureFacts& facts : kMeasures) {
    const bool compared = facts.measure != LossMeasure::kNatsPerToken || same_tokens;
    if (compared && IsKnown(facts, documents)) {
      comparison.changes.push_back(ChangeOf(facts, documents, options));
    }
  }
  if (documents.size() > 1) {
    comparison.p = SignFlipP(differences, {.replicates = options.replicates, .seed = options.seed});
  }
  return comparison;
}

}  // namespace

std::string_view NameOf(LossMeasure measure) { return FactsOf(measure).name; }
std::string_view TitleOf(LossMeasure measure) { return FactsOf(measure).title; }

const LossChange* LossComparison::Find(LossMeasure measure) const {
  const auto found = std::ranges::find(changes, measure, &LossChange::measure);
  return found == changes.end() ? nullptr : &*found;
}

std::vector<LossComparison> CompareLosses(std::span<const PairedLoss> documents, bool same_tokens,
                                          const BootstrapOptions& options) {
  VFFN_CHECK(!documents.empty(), "a comparison of no documents");
  std::map<std::string, std::vector<PairedLoss>> sources;
  for (const PairedLoss& pair : documents) {
    CheckSameDocument(pair, same_tokens);
    sources[pair.a.source].push_back(pair);
  }
  std::vector<LossComparison> comparisons;
  if (sources.size() > 1) {
    for (const auto& [source, of_source] : sources) {
      comparisons.push_back(CompareGroup(source, of_source, same_tokens, options));
    }
    std::erase_if(comparisons, [](const LossComparison& comparison) { return comparison.changes.empty(); });
  }
  comparisons.push_back(CompareGroup("", documents, same_tokens, options));
  VFFN_CHECK(!comparisons.back().changes.empty(),
             "the documents have no tokens, or their bytes are not known");
  return comparisons;
}

}  // namespace vffn
