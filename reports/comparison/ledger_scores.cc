#include <algorithm>

#include "base/error.h"
#include "eval/ledger.h"
#include "eval/profiles.h"
#include "reports/comparison/choice_margin.h"
#include "reports/comparison/score_set.h"

namespace vffn {
namespace {

const Profile& ProfileOf(const LedgerContents& ledger, const std::string& name) {
  const LedgerIdentity& identity = ledger.header.identity;
  const auto scores_its_tokens = [&](const Profile& profile) {
    return identity.rendering == NameOf(profile.rendering) && identity.encoding == NameOf(profile.encoding);
  };
  if (!name.empty()) {
    const Profile& profile = FindProfile(name);
    VFFN_CHECK(scores_its_tokens(profile), ledger.origin, ": profile ", name,
               " scores other tokens than this ledger holds (rendering ", identity.rendering, ", encoding ",
               identity.encoding, ")");
    return profile;
  }
  const auto found = std::ranges::find_if(Profiles(), scores_its_tokens);
  VFFN_CHECK(found != Profiles().end(), ledger.origin, ": no profile scores its tokens (rendering ",
             identity.rendering, ", encoding ", identity.encoding, ")");
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
  return ChoiceMargin(values, static_cast<size_t>(doc.gold));
}

}  // namespace

ScoreSet ReadLedgerScores(const std::filesystem::path& path, const ScoreOptions& options) {
  const LedgerContents ledger = ReadLedger(path);
  const Profile& profile = ProfileOf(ledger, options.profile);
  ScoreSet set{.source = path.string(), .profile = std::string(profile.name)};
  for (const LedgerTask& task : ledger.tasks) {
    const auto docs = ledger.docs.find(task.name);
    if (docs == ledger.docs.end()) {
      continue;
    }
    const Metric metric = options.metric.value_or(profile.ForTask(task.name).primary);
    TaskScores scores{.task = task.name,
                      .split = task.split,
                      .data_sha256 = task.data_sha256,
                      .metric = std::string(FactsOf(metric).name),
                      .accuracy = FactsOf(metric).accuracy};
    for (const auto& [doc_id, doc] : docs->second) {
      scores.questions.push_back({.doc_id = doc_id,
                                  .value = DocValue(metric, profile.length_rule, doc),
                                  .margin = MarginOf(metric, profile.length_rule, doc),
                                  .gold = static_cast<size_t>(doc.gold)});
    }
    scores.missing = std::max<int64_t>(0, task.docs - static_cast<int64_t>(scores.questions.size()));
    set.tasks.push_back(std::move(scores));
  }
  VFFN_CHECK(!set.tasks.empty(), path.string(), ": the ledger has no scored docs");
  return set;
}

}  // namespace vffn
