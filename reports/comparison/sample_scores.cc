#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/line_file.h"
#include "base/sha256.h"
#include "eval/profiles.h"
#include "eval/scored_doc.h"
#include "reports/comparison/choice_margin.h"
#include "reports/comparison/score_set.h"

namespace vffn {
namespace {

/// "piqa" of "samples_piqa_2026-11-22T17-18-33.911318.jsonl".
std::string TaskOfFile(const std::filesystem::path& path) {
  constexpr std::string_view kPrefix = "samples_";
  const std::string stem = path.stem().string();
  const size_t date = stem.rfind('_');
  VFFN_CHECK(stem.starts_with(kPrefix) && date != std::string::npos && date > kPrefix.size(), path.string(),
             ": is not named samples_TASK_DATE.jsonl, so its task is not known");
  return stem.substr(kPrefix.size(), date - kPrefix.size());
}

const Json& Field(const Json& row, const char* name, const std::string& origin) {
  VFFN_CHECK(row.is_object() && row.contains(name), origin, ": the field \"", name,
             "\" is missing: not a line of a sample file");
  return row[name];
}

/// A number, or the harness's text of one.
double Number(const Json& value, const char* name, const std::string& origin) {
  double number = NAN;
  if (value.is_number()) {
    number = value.get<double>();
  } else if (value.is_boolean()) {
    number = value.get<bool>() ? 1 : 0;
  } else if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    std::from_chars(text.data(), text.data() + text.size(), number);
  }
  VFFN_CHECK(std::isfinite(number), origin, ": \"", name, "\" is ", value.dump(), ", not a finite number");
  return number;
}

/// The metric of a file, from its first row: the one asked for, or the primary one of the first profile that
/// has it there.
std::string MetricOf(const Json& row, const std::string& task, const ScoreOptions& options,
                     const std::string& origin) {
  if (options.metric) {
    const std::string name(FactsOf(*options.metric).name);
    VFFN_CHECK(row.contains(name), origin, ": has no ", name, "; there is ",
               Field(row, "metrics", origin).dump());
    return name;
  }
  for (const Profile& profile : Profiles()) {
    const std::string name(FactsOf(profile.ForTask(task).primary).name);
    if (row.contains(name)) {
      return name;
    }
  }
  Fail(origin, ": has none of the metrics acc, acc_norm and len_norm; there is ",
       Field(row, "metrics", origin).dump());
}

std::string TextOfChoice(const Json& arguments, size_t i) {
  const std::string key = "gen_args_" + std::to_string(i);
  if (arguments.is_object() && arguments.contains(key) && arguments[key].is_object() &&
      arguments[key].contains("arg_1") && arguments[key]["arg_1"].is_string()) {
    return arguments[key]["arg_1"].get<std::string>();
  }
  return "";
}

/// What the metric ranks choices by: log-likelihoods, of acc_norm and len_norm divided by the length. Nothing
/// for other metrics.
std::optional<std::vector<double>> ChoiceValues(const Json& row, const std::string& metric,
                                                const std::string& origin) {
  const Json& responses = Field(row, "filtered_resps", origin);
  const bool normalised = metric == "acc_norm" || metric == "len_norm";
  if (!responses.is_array() || (metric != "acc" && !normalised)) {
    return std::nullopt;
  }
  std::vector<double> values;
  for (size_t i = 0; i < responses.size(); ++i) {
    VFFN_CHECK(responses[i].is_array() && !responses[i].empty(), origin, ": a response is ",
               responses[i].dump(), ", should be [log-likelihood, is_greedy]");
    values.push_back(Number(responses[i][0], "filtered_resps", origin));
    if (normalised) {
      const std::string text = TextOfChoice(Field(row, "arguments", origin), i);
      const auto length = LengthOf(std::string_view(text).substr(text.starts_with(' ') ? 1 : 0)).characters;
      if (length == 0) {
        return std::nullopt;
      }
      values.back() /= static_cast<double>(length);
    }
  }
  return values;
}

/// The only choice with this text; nothing if there is none, or several.
std::optional<size_t> ChoiceWithText(const Json& arguments, const std::string& text, size_t choices) {
  std::optional<size_t> found;
  for (size_t i = 0; i < choices; ++i) {
    if (TextOfChoice(arguments, i) == " " + text) {
      if (found) {
        return std::nullopt;
      }
      found = i;
    }
  }
  return found;
}

/// The right choice. `target` is its index or its text; of tasks whose choices differ in the context
/// (WinoGrande) it is the text that follows them all: then two choices' values and the score tell.
std::optional<size_t> GoldOf(const Json& row, const std::vector<double>& values, double score,
                             const std::string& origin) {
  const Json& target = Field(row, "target", origin);
  std::optional<size_t> gold;
  if (target.is_number_unsigned()) {
    gold = target.get<size_t>();
  } else if (target.is_string()) {
    const std::string& text = target.get_ref<const std::string&>();
    size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) {
      gold = number;
    } else {
      gold = ChoiceWithText(Field(row, "arguments", origin), text, values.size());
      if (!gold && values.size() == 2 && values[0] != values[1]) {
        gold = (values[1] > values[0]) == (score == 1) ? 1 : 0;
      }
    }
  }
  return gold && *gold < values.size() ? gold : std::nullopt;
}

/// Nothing if it does not agree with the score, whose divisor is then another one.
std::optional<double> MarginOf(const std::vector<double>& values, size_t gold, double score) {
  const std::optional<double> margin = ChoiceMargin(values, gold);
  return margin && ((*margin > 0) == (score == 1) || *margin == 0) ? margin : std::nullopt;
}

QuestionScore ReadQuestion(const Json& row, const std::string& metric, const std::string& origin) {
  const Json& doc_id = Field(row, "doc_id", origin);
  VFFN_CHECK(doc_id.is_number_unsigned(), origin, ": \"doc_id\" is ", doc_id.dump(),
             ", not a number of a doc");
  Sha256 hash;
  hash.Update(Field(row, "arguments", origin).dump());
  QuestionScore question{.doc_id = doc_id.get<int64_t>(),
                         .value = Number(Field(row, metric.c_str(), origin), metric.c_str(), origin),
                         .asked = hash.Hex()};
  if (const auto values = ChoiceValues(row, metric, origin)) {
    question.gold = GoldOf(row, *values, question.value, origin);
    question.margin = question.gold ? MarginOf(*values, *question.gold, question.value) : std::nullopt;
  }
  return question;
}

TaskScores ReadTask(const std::filesystem::path& path, const ScoreOptions& options) {
  TaskScores scores{.task = TaskOfFile(path)};
  LineFile lines(path);
  std::set<int64_t> seen;
  while (const auto line = lines.Next()) {
    const std::string origin = lines.Origin();
    const Json row = ParseJson(*line, origin);
    if (scores.questions.empty()) {
      scores.metric = MetricOf(row, scores.task, options, origin);
      const auto facts = std::ranges::find(Metrics(), scores.metric, &MetricFacts::name);
      scores.accuracy = facts == Metrics().end() || facts->accuracy;
    }
    QuestionScore question = ReadQuestion(row, scores.metric, origin);
    VFFN_CHECK(seen.insert(question.doc_id).second, origin, ": doc ", question.doc_id,
               " is there twice (several filters?)");
    scores.docs.emplace_back(Field(row, "doc", origin), question.doc_id, origin);
    scores.questions.push_back(std::move(question));
  }
  VFFN_CHECK(!scores.questions.empty(), path.string(), ": has no samples");
  std::ranges::sort(scores.questions, {}, &QuestionScore::doc_id);
  std::ranges::sort(scores.docs, {}, &Doc::doc_id);
  return scores;
}

}  // namespace

ScoreSet ReadSampleScores(const std::vector<std::filesystem::path>& paths, const ScoreOptions& options) {
  ScoreSet set;
  for (const std::filesystem::path& path : paths) {
    set.source += (set.source.empty() ? "" : ", ") + path.string();
    set.tasks.push_back(ReadTask(path, options));
  }
  return set;
}

}  // namespace vffn
