// ScoresOfLedger of score_set.h.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "eval/ledger.h"
#include "eval/profiles.h"
#include "runs/choice_margin.h"
#include "runs/score_set.h"

namespace vffn {
namespace {

/// The profile of that name; without a name the first one whose tokens the ledger holds.
const Profile& ProfileOf(const LedgerContents& ledger, const std::string& name) {
  const RunIdentity& identity = ledger.header.identity;
  if (!name.empty()) {
    const Profile& profile = FindProfile(name);
    CheckHoldsTokensOf(profile, identity, ledger.origin);
    return profile;
  }
  const auto found = std::ranges::find_if(
      Profiles(), [&](const Profile& profile) { return HoldsTokensOf(profile, identity); });
  VFFN_CHECK(found != Profiles().end(), ledger.origin, ": no profile scores its tokens (rendering ",
             identity.rendering.value_or("unknown"), ", encoding ", identity.encoding.value_or("unknown"),
             ")");
  return *found;
}

std::optional<double> MarginOf(Metric metric, LengthRule rule, const ScoredDoc& doc) {
  if (!FactsOf(metric).accuracy) {
    return std::nullopt;
  }
  std::vector<double> values;
  for (const ScoredChoice& choice : doc.choices) {
    values.push_back(ChoiceValue(metric, rule, choice));
  }
  const std::optional<double> margin = ChoiceMargin(values, static_cast<size_t>(doc.gold));
  return margin && std::isfinite(*margin) ? margin : std::nullopt;  // infinite: an empty choice
}

}  // namespace

ScoreSet ScoresOfLedger(const LedgerContents& ledger, const ScoreOptions& options) {
  const Profile& profile = ProfileOf(ledger, options.profile);
  ScoreSet set{.source = ledger.origin, .profile = std::string(profile.name)};
  for (const LedgerTask& task : ledger.tasks) {
    const auto docs = ledger.docs.find(task.name);
    if (docs == ledger.docs.end()) {
      continue;
    }
    const Metric metric = PerDoc(
        options.MetricOf(task.name).value_or(task.metrics.value_or(profile.ForTask(task.name)).primary));
    TaskScores scores{.task = task.name,
                      .split = task.split,
                      .data_sha256 = task.data_sha256,
                      .metric = std::string(FactsOf(metric).name),
                      .accuracy = FactsOf(metric).accuracy,
                      .higher_is_better = FactsOf(metric).higher_is_better};
    for (const auto& [doc_id, doc] : docs->second) {
      scores.questions.push_back({.doc_id = doc_id,
                                  .value = DocValue(metric, profile.length_rule, doc),
                                  .margin = MarginOf(metric, profile.length_rule, doc),
                                  .gold = static_cast<size_t>(doc.gold)});
    }
    scores.missing = std::max<int64_t>(0, task.docs - static_cast<int64_t>(scores.questions.size()));
    set.tasks.push_back(std::move(scores));
  }
  VFFN_CHECK(!set.tasks.empty(), ledger.origin, ": the ledger has no scored docs");
  return set;
}

}  // namespace vffn
