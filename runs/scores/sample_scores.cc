// ScoresOfSamples of score_set.h.
#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "eval/profiles.h"
#include "eval/scored_doc.h"
#include "runs/scores/choice_margin.h"
#include "runs/scores/samples_file.h"
#include "runs/scores/score_set.h"
#include "tasks/task.h"

namespace vffn {
namespace {

std::string NamesOf(const std::vector<SampleMetric>& metrics) {
  std::string names;
  for (const SampleMetric& metric : metrics) {
    names.append(names.empty() ? "" : ", ").append(metric.name);
  }
  return names;
}

/// The metric of a file, chosen by its first sample: the one in `options`, or the task's own, the primary one
/// of the first profile whose primary metric the sample has, acc, or bits_per_byte of right answers alone.
std::string MetricOf(const Sample& sample, const std::string& task, const ScoreOptions& options) {
  if (const auto metric = options.MetricOf(task)) {
    return std::string(FactsOf(*metric).name);
  }
  if (const Task* known = TaskNamed(task); known != nullptr && !known->facts.reported.empty()) {
    const std::string_view name = FactsOf(PerDoc(FindMetric(known->facts.metric))).name;
    if (sample.FindMetric(name) != nullptr) {
      return std::string(name);
    }
  }
  for (const bool own_row : {true, false}) {
    for (const Profile& profile : Profiles()) {
      const std::string_view name = FactsOf(profile.ForTask(task).primary).name;
      if (profile.HasRow(task) == own_row && sample.FindMetric(name) != nullptr) {
        return std::string(name);
      }
    }
  }
  for (const Metric metric : {Metric::kAcc, Metric::kBitsPerByte}) {
    if (const std::string_view name = FactsOf(metric).name; sample.FindMetric(name) != nullptr) {
      return std::string(name);
    }
  }
  Fail(sample.doc.origin(), ": has none of the metrics acc, acc_norm, len_norm and bits_per_byte, but ",
       NamesOf(sample.metrics));
}

/// The values by which the metric ranks choices: log-likelihoods; of acc_norm and len_norm divided by the
/// length. Nothing if a log-likelihood is not finite, or a length is zero.
std::optional<std::vector<double>> ChoiceValues(const Sample& sample, const std::string& metric) {
  const bool normalised = metric != "acc";
  std::vector<double> values;
  for (const SampleChoice& choice : sample.choices) {
    if (!choice.log_likelihood) {
      return std::nullopt;
    }
    values.push_back(*choice.log_likelihood);
    if (normalised) {
      const std::string_view text = choice.continuation;
      const int64_t length = LengthOf(text.substr(text.starts_with(' ') ? 1 : 0)).characters;
      if (length == 0) {
        return std::nullopt;
      }
      values.back() /= static_cast<double>(length);
    }
  }
  return values;
}

/// The only choice with this text; nothing if there is none, or several.
std::optional<size_t> ChoiceWithText(const Sample& sample, const std::string& text) {
  std::optional<size_t> found;
  for (size_t i = 0; i < sample.choices.size(); ++i) {
    if (sample.choices[i].continuation == " " + text) {
      if (found) {
        return std::nullopt;
      }
      found = i;
    }
  }
  return found;
}

/// The right choice. The target is its index or its text. In tasks whose choices differ in the context
/// (WinoGrande) it is the text that follows them all: then the values of two choices and the score decide.
std::optional<size_t> GoldOf(const Sample& sample, const std::optional<std::vector<double>>& values,
                             double score) {
  if (!sample.target) {
    return std::nullopt;
  }
  const std::string& text = *sample.target;
  std::optional<size_t> gold;
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) {
    gold = number;
  } else {
    gold = ChoiceWithText(sample, text);
    if (!gold && values && values->size() == 2 && (*values)[0] != (*values)[1]) {
      gold = ((*values)[1] > (*values)[0]) == (score == 1) ? 1 : 0;
    }
  }
  return gold && *gold < sample.choices.size() ? gold : std::nullopt;
}

/// Nothing if the margin contradicts the score: then the score has another divisor.
std::optional<double> MarginOf(const std::vector<double>& values, size_t gold, double score) {
  const std::optional<double> margin = ChoiceMargin(values, gold);
  return margin && ((*margin > 0) == (score == 1) || *margin == 0) ? margin : std::nullopt;
}

QuestionScore QuestionOf(const Sample& sample, const std::string& metric) {
  const SampleMetric* value = sample.FindMetric(metric);
  VFFN_CHECK(value != nullptr, sample.doc.origin(), ": has no ", metric, ", but ", NamesOf(sample.metrics));
  QuestionScore question{
      .doc_id = sample.doc.doc_id(), .value = value->value, .asked = sample.arguments_sha256};
  if (metric == "acc" || metric == "acc_norm" || metric == "len_norm") {
    const auto values = ChoiceValues(sample, metric);
    question.gold = GoldOf(sample, values, question.value);
    if (values && question.gold) {
      question.margin = MarginOf(*values, *question.gold, question.value);
    }
  }
  return question;
}

TaskScores TaskOf(const SamplesFile& file, const ScoreOptions& options) {
  TaskScores scores{.task = file.task};
  for (const Sample& sample : file.samples) {
    if (scores.questions.empty()) {
      scores.metric = MetricOf(sample, file.task, options);
      const auto facts = std::ranges::find(Metrics(), scores.metric, &MetricFacts::name);
      scores.accuracy = facts == Metrics().end() || facts->accuracy;
      scores.higher_is_better = facts == Metrics().end() || facts->higher_is_better;
    }
    scores.questions.push_back(QuestionOf(sample, scores.metric));
    scores.docs.push_back(sample.doc);
  }
  std::ranges::sort(scores.questions, {}, &QuestionScore::doc_id);
  std::ranges::sort(scores.docs, {}, &Doc::doc_id);
  return scores;
}

}  // namespace

ScoreSet ScoresOfSamples(const std::vector<SamplesFile>& files, const ScoreOptions& options) {
  ScoreSet set;
  for (const SamplesFile& file : files) {
    set.tasks.push_back(TaskOf(file, options));
  }
  return set;
}

}  // namespace vffn
