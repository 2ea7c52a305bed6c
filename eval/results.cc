#include "eval/results.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "analysis/chance.h"
#include "analysis/clustered_mean.h"
#include "analysis/f1_score.h"
#include "base/error.h"
#include "tasks/task.h"

namespace vffn {
namespace {

/// Of choice 0.
Estimate F1OfDocs(LengthRule rule, std::span<const ScoredDoc* const> docs) {
  AnswerCounts counts;
  for (const ScoredDoc* doc : docs) {
    counts.Add(doc->gold == 0, Predict(PerDoc(Metric::kF1), rule, *doc) == 0);
  }
  return F1Of(counts);
}

/// Where there is nothing to choose, there is no accuracy.
bool HasChoices(std::span<const ScoredDoc* const> docs) {
  return std::ranges::any_of(docs, [](const ScoredDoc* doc) { return doc->choices.size() > 1; });
}

/// The record of each doc, if it is asked in several prompts; else empty: each doc is a question of its own.
std::vector<int64_t> ClustersOf(std::string_view task, std::span<const ScoredDoc* const> docs) {
  std::vector<int64_t> records;
  if (const int64_t prompts = PromptsOfRecord(task); prompts > 1) {
    for (const ScoredDoc* doc : docs) {
      records.push_back(doc->doc_id / prompts);
    }
  }
  return records;
}

const ScoredChoice& GoldOf(const ScoredDoc& doc) { return doc.choices.at(static_cast<size_t>(doc.gold)); }

/// What a log-likelihood of all docs is divided by; nothing if the metric is no such rate or is not defined.
std::optional<double> UnitsOf(Metric metric, const ScoredDoc& doc) {
  switch (metric) {
    case Metric::kWordPerplexity:
      return doc.rolling() ? std::optional(static_cast<double>(*GoldOf(doc).words)) : std::nullopt;
    case Metric::kBytePerplexity:
    case Metric::kBitsPerByte:
      return doc.rolling() ? std::optional(static_cast<double>(GoldOf(doc).length.bytes)) : std::nullopt;
    case Metric::kPerplexity:
      return 1;
    default:
      return std::nullopt;
  }
}

/// -sum of log-likelihoods / sum of units, as bits or as a perplexity. The error is clustered by doc, that
/// of a perplexity by the delta method.
std::optional<Estimate> RateOfDocs(Metric metric, std::span<const ScoredDoc* const> docs) {
  ClusteredMeans means;
  for (const ScoredDoc* doc : docs) {
    const std::optional<double> units = UnitsOf(metric, *doc);
    if (!units) {
      return std::nullopt;
    }
    means.Add(*units, -GoldOf(*doc).LogLikelihood());
  }
  std::optional<Estimate> rate = means.Of(1, 0);
  if (!rate) {
    return std::nullopt;
  }
  const bool bits = metric == Metric::kBitsPerByte;
  const double value = bits ? rate->value * std::numbers::log2e : std::exp(rate->value);
  if (!std::isfinite(value)) {
    return std::nullopt;  // a perplexity beyond all numbers
  }
  const double slope = bits ? std::numbers::log2e : value;
  rate->value = value;
  if (rate->standard_error) {
    *rate->standard_error *= slope;
  }
  return rate;
}

Estimate GreedyShare(std::span<const ScoredDoc* const> docs, std::span<const int64_t> clusters) {
  std::vector<double> values;
  for (const ScoredDoc* doc : docs) {
    values.push_back(GoldOf(*doc).IsGreedy() ? 1 : 0);
  }
  return MeanOf(values, clusters);
}

std::optional<Estimate> ScoreOf(Metric metric, const Profile& profile, std::span<const ScoredDoc* const> docs,
                                std::span<const int64_t> clusters) {
  if (metric == Metric::kGreedyMatch) {
    return GreedyShare(docs, clusters);
  }
  if (FactsOf(metric).percent() && !HasChoices(docs)) {
    return std::nullopt;
  }
  const bool rolling = std::ranges::all_of(docs, [](const ScoredDoc* doc) { return doc->rolling(); });
  if (metric == Metric::kWordPerplexity || metric == Metric::kBytePerplexity ||
      metric == Metric::kPerplexity || (metric == Metric::kBitsPerByte && rolling)) {
    return RateOfDocs(metric, docs);
  }
  if (metric == Metric::kF1) {
    return F1OfDocs(profile.length_rule, docs);
  }
  std::vector<double> values;
  values.reserve(docs.size());
  for (const ScoredDoc* doc : docs) {
    if (!IsDefined(metric, profile.length_rule, *doc)) {
      return std::nullopt;
    }
    values.push_back(DocValue(metric, profile.length_rule, *doc));
  }
  return MeanOf(values, clusters);
}

void Count(const ScoredDoc& doc, Truncation& truncation) {
  const int64_t before = truncation.requests;
  for (const ScoredChoice& choice : doc.choices) {
    truncation.requests += choice.truncated_tokens > 0 ? 1 : 0;
    truncation.tokens += choice.truncated_tokens;
    if (choice.unconditional) {
      truncation.requests += choice.unconditional->truncated_tokens > 0 ? 1 : 0;
      truncation.tokens += choice.unconditional->truncated_tokens;
    }
  }
  truncation.docs += truncation.requests > before ? 1 : 0;
}

/// Of the primary accuracy.
std::optional<Estimate> CentredOf(Metric primary, LengthRule rule, std::span<const ScoredDoc* const> docs,
                                  std::span<const int64_t> clusters) {
  if (!FactsOf(primary).accuracy) {
    return std::nullopt;
  }
  std::vector<double> values, chances;
  for (const ScoredDoc* doc : docs) {
    values.push_back(DocValue(primary, rule, *doc));
    chances.push_back(1 / static_cast<double>(doc->choices.size()));
  }
  return CentredOnChance(values, chances, clusters);
}

std::vector<MetricCalibration> CalibrationsOf(const TaskResults& results, LengthRule rule,
                                              std::span<const ScoredDoc* const> docs,
                                              const CalibrationOptions& options,
                                              std::span<const int64_t> clusters) {
  std::vector<MetricCalibration> calibrations;
  for (const MetricFacts& facts : Metrics()) {
    if (!facts.accuracy || std::ranges::find(results.reported, facts.metric) == results.reported.end()) {
      continue;
    }
    if (auto calibration = CalibrationOfDocs(facts.metric, rule, docs, options, clusters)) {
      calibrations.push_back({facts.metric, *std::move(calibration)});
    }
  }
  return calibrations;
}

/// Absent if no task has one.
std::optional<CentredAverage> AverageCentred(const Results& results) {
  std::vector<Estimate> centred;
  for (const size_t place : results.Counted()) {
    if (const auto& task = results.tasks[place].centred) {
      centred.push_back(*task);
    }
  }
  return centred.empty() ? std::nullopt
                         : std::optional(CentredAverage{.estimate = AverageOf(centred),
                                                        .tasks = static_cast<int64_t>(centred.size())});
}

double ChanceOf(Metric primary, std::span<const ScoredDoc* const> docs) {
  double guessed = 0, first = 0;  // shares of docs
  for (const ScoredDoc* doc : docs) {
    guessed += 1 / static_cast<double>(doc->choices.size());
    first += doc->gold == 0 ? 1 : 0;
  }
  const auto count = static_cast<double>(docs.size());
  return primary == Metric::kF1 ? F1OfGuessing(first / count, guessed / count) : guessed / count;
}

TaskResults ComputeTask(const Profile& profile, const TaskDocs& task, const CalibrationOptions& calibration) {
  VFFN_CHECK(!task.docs.empty(), task.task.name,
             ": no doc was scored; the run that wrote the ledger must go on first (--resume)");
  const MetricList metrics = task.task.metrics.value_or(profile.ForTask(task.task.name));
  TaskResults results{.task = task.task,
                      .docs = static_cast<int64_t>(task.docs.size()),
                      .primary = metrics.primary,
                      .reported = metrics.reported};
  results.missing = std::max<int64_t>(0, task.task.docs - results.docs);
  const bool choosing =
      std::ranges::any_of(task.docs, [](const ScoredDoc* doc) { return doc->choices.size() > 1; });
  const std::vector<int64_t> clusters = ClustersOf(task.task.name, task.docs);
  for (const MetricFacts& facts : Metrics()) {
    // That choice 0 is the answer looked for is for the task to say.
    const bool meant =
        facts.of_set ? std::ranges::count(results.reported, facts.metric) > 0 : choosing || !facts.accuracy;
    results.scores.push_back(
        {facts.metric, meant ? ScoreOf(facts.metric, profile, task.docs, clusters) : std::nullopt});
  }
  results.centred = CentredOf(results.primary, profile.length_rule, task.docs, clusters);
  results.calibrations = CalibrationsOf(results, profile.length_rule, task.docs, calibration, clusters);
  for (const ScoredDoc* doc : task.docs) {
    Count(*doc, results.truncation);
  }
  if (choosing) {
    results.chance = ChanceOf(results.primary, task.docs);
  }
  return results;
}

std::vector<BestForm> BestFormsOf(const Profile& profile, std::span<const TaskResults> tasks) {
  std::vector<std::string> names;
  for (const TaskResults& task : tasks) {
    names.push_back(task.task.name);
  }
  const auto score = [&](size_t place) { return tasks[place].Score(tasks[place].primary).value; };
  std::vector<BestForm> forms;
  for (FormPair& pair : PairForms(profile, names)) {
    forms.push_back({.task = std::move(pair.task),
                     .cloze = pair.cloze,
                     .letters = pair.letters,
                     .best = BetterForm(score(pair.cloze), score(pair.letters))});
  }
  return forms;
}

/// The averages of primary metrics, one for all percentages and one for every other metric.
void AddAverages(Results& results) {
  std::vector<Estimate> percentages;
  std::map<Metric, std::vector<Estimate>> losses;
  double chance = 0;
  for (const size_t place : results.Counted()) {
    const TaskResults& task = results.tasks[place];
    const Estimate& score = task.Score(task.primary);
    if (FactsOf(task.primary).percent()) {
      percentages.push_back(score);
      chance += task.chance.value_or(0);
    } else {
      losses[task.primary].push_back(score);
    }
  }
  if (!percentages.empty()) {
    results.average = AverageOf(percentages);
    results.average_chance = chance / static_cast<double>(percentages.size());
  }
  for (const auto& [metric, scores] : losses) {
    results.loss_averages.push_back(
        {.metric = metric, .estimate = AverageOf(scores), .tasks = static_cast<int64_t>(scores.size())});
  }
}

}  // namespace

std::vector<size_t> Results::Counted() const {
  std::vector<size_t> places;
  for (size_t i = 0; i < tasks.size(); ++i) {
    const auto form = std::ranges::find_if(
        best_forms, [&](const BestForm& pair) { return i == pair.cloze || i == pair.letters; });
    if (form == best_forms.end() || form->place() == i) {
      places.push_back(i);
    }
  }
  return places;
}

const Estimate& TaskResults::Score(Metric metric) const {
  const std::optional<Estimate>& estimate = scores.at(static_cast<size_t>(metric)).estimate;
  VFFN_CHECK(estimate.has_value(), task.name, ": ", FactsOf(metric).name, " is not defined");
  return *estimate;
}

Results ComputeResults(const Profile& profile, const RunIdentity& identity, std::span<const TaskDocs> tasks,
                       const CalibrationOptions& calibration) {
  VFFN_CHECK(!tasks.empty(), "there are no scores of any task");
  Results results{.profile = &profile, .identity = identity};
  for (const TaskDocs& task : tasks) {
    results.tasks.push_back(ComputeTask(profile, task, calibration));
  }
  results.best_forms = BestFormsOf(profile, results.tasks);
  AddAverages(results);
  results.centred = AverageCentred(results);
  return results;
}

}  // namespace vffn
