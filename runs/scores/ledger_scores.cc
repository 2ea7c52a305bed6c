// ScoresOfLedger of score_set.h.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "eval/ledger.h"
#include "eval/profiles.h"
#include "eval/task_forms.h"
#include "runs/scores/choice_margin.h"
#include "runs/scores/recorded_run.h"
#include "runs/scores/score_set.h"

namespace vffn {
namespace {

/// The profile of that name; without a name that of the run.
const Profile& ProfileOf(const LedgerContents& ledger, const std::string& name) {
  const Profile& profile = name.empty() ? ProfileOfRun(ledger, std::nullopt) : FindProfile(name);
  CheckHoldsTokensOf(profile, ledger.header.identity, ledger.origin);
  return profile;
}

std::optional<double> MarginOf(Metric metric, LengthRule rule, const ScoredDoc& doc) {
  if (!FactsOf(metric).accuracy) {
    return std::nullopt;
  }
  const std::optional<double> margin =
      ChoiceMargin(ChoiceValues(metric, rule, doc), static_cast<size_t>(doc.gold));
  return margin && std::isfinite(*margin) ? margin : std::nullopt;  // infinite: an empty choice
}

double MeanValue(const TaskScores& scores) {
  double sum = 0;
  for (const QuestionScore& question : scores.questions) {
    sum += question.value;
  }
  return sum / static_cast<double>(scores.questions.size());
}

/// Whether a doc has more than its right answer.
bool HasChoices(const std::map<int64_t, ScoredDoc>& docs) {
  return std::ranges::any_of(docs, [](const auto& doc) { return doc.second.choices.size() > 1; });
}

/// Adds the better form of each task that was asked in two; the forms count no longer.
void AddBestForms(const Profile& profile, ScoreSet& set) {
  std::vector<std::string> names;
  for (const TaskScores& task : set.tasks) {
    names.push_back(task.task);
  }
  std::string chosen;
  for (const FormPair& pair : PairForms(profile, names)) {
    TaskScores &cloze = set.tasks[pair.cloze], &letters = set.tasks[pair.letters];
    const Form form = BetterForm(MeanValue(cloze), MeanValue(letters));
    TaskScores best = form == Form::kCloze ? cloze : letters;
    best.task = BestFormName(pair.task);
    best.metric = "accuracy";
    best.data_sha256 = cloze.data_sha256 + "," + letters.data_sha256;
    for (QuestionScore& question : best.questions) {  // the other model's form may be the other one
      question.margin = std::nullopt;
      question.gold = std::nullopt;
    }
    cloze.counted = letters.counted = false;
    chosen += (chosen.empty() ? "" : ", ") + pair.task + " " + std::string(NameOf(form));
    set.tasks.push_back(std::move(best));
  }
  if (!chosen.empty()) {
    set.notes.push_back(set.source + ": the better forms (rc: cloze, mc: letters): " + chosen +
                        "; the average is of these");
  }
}

}  // namespace

ScoreSet ScoresOfLedger(const LedgerContents& ledger, const ScoreOptions& options) {
  const Profile& profile = ProfileOf(ledger, options.profile);
  ScoreSet set{.source = ledger.origin, .profile = std::string(profile.name)};
  std::string left_out;
  for (const LedgerTask& task : ledger.tasks) {
    const auto docs = ledger.docs.find(task.name);
    if (docs == ledger.docs.end()) {
      continue;
    }
    const Metric metric = PerDoc(
        options.MetricOf(task.name).value_or(task.metrics.value_or(profile.ForTask(task.name)).primary));
    if ((FactsOf(metric).accuracy || FactsOf(metric).probabilities) && !HasChoices(docs->second)) {
      left_out += (left_out.empty() ? "" : ", ") + task.name;
      continue;
    }
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
  if (!left_out.empty()) {
    left_out = "left out: " + left_out +
               ", whose questions have one choice: there is no accuracy and no probability of a choice";
    set.notes.push_back(set.source + ": " + left_out);
  }
  VFFN_CHECK(!set.tasks.empty(), ledger.origin, ": ",
             left_out.empty() ? "the ledger has no scored docs" : left_out);
  if (!options.metric) {
    AddBestForms(profile, set);
  }
  return set;
}

}  // namespace vffn
