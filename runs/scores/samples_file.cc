#include "runs/scores/samples_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/foreign_json.h"
#include "base/json.h"
#include "base/line_file.h"
#include "base/sha256.h"
#include "runs/folders/run_folder.h"

namespace vffn {
namespace {

constexpr std::string_view kContext = "arg_0", kContinuation = "arg_1";

std::string ChoiceKey(size_t index) { return "gen_args_" + std::to_string(index); }

/// A finite number: JSON's, a flag, or the harness's text of a number.
std::optional<double> NumberIn(const Json& value) {
  double number = NAN;
  if (value.is_number()) {
    number = value.get<double>();
  } else if (value.is_boolean()) {
    number = value.get<bool>() ? 1 : 0;
  } else if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    std::from_chars(text.data(), text.data() + text.size(), number);
  }
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// The arguments of all choices in one form, {"gen_args_0": {"arg_0": ..., "arg_1": ...}, ...}: harness 0.4.0
/// to 0.4.2 writes them as a list of lists.
Json NamedArguments(const Json& arguments) {
  if (!arguments.is_array()) {
    return arguments;
  }
  Json named = Json::object();
  for (size_t i = 0; i < arguments.size(); ++i) {
    Json& choice = named[ChoiceKey(i)];
    const Json& values = arguments[i];
    if (!values.is_array()) {
      choice = values;
      continue;
    }
    choice = Json::object();
    for (size_t j = 0; j < values.size(); ++j) {
      choice["arg_" + std::to_string(j)] = values[j];
    }
  }
  return named;
}

/// The context or continuation of a choice; empty if the arguments are of another kind.
std::string ArgumentText(const Json& arguments, size_t choice, std::string_view name) {
  if (!arguments.is_object() || !arguments.contains(ChoiceKey(choice))) {
    return "";
  }
  const Json& texts = arguments[ChoiceKey(choice)];
  const bool found = texts.is_object() && texts.contains(name) && texts[name].is_string();
  return found ? texts[name].get<std::string>() : "";
}

/// Whether the value is what the harness writes for a number: a number, the text of one, or null for a number
/// that is not finite.
bool IsNumberLike(const Json& value) {
  if (!value.is_string()) {
    return value.is_number() || value.is_null();
  }
  const std::string& text = value.get_ref<const std::string&>();
  double number = 0;
  return std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc::invalid_argument;
}

std::vector<SampleChoice> ParseChoices(const Fields& row, const Json& arguments) {
  std::vector<SampleChoice> choices;
  for (const Json* response : ToElements(row.Require("filtered_resps"), row.PlaceOf("filtered_resps"))) {
    VFFN_CHECK(response->is_array() && response->size() == 2 && IsNumberLike((*response)[0]),
               row.Where("filtered_resps"), ": a response is ", response->dump(),
               ", should be [log-likelihood, is_greedy]");
    const Json& greedy = (*response)[1];
    choices.push_back({.context = ArgumentText(arguments, choices.size(), kContext),
                       .continuation = ArgumentText(arguments, choices.size(), kContinuation),
                       .log_likelihood = NumberIn((*response)[0]),
                       .is_greedy = greedy == true || greedy == "True"});
  }
  return choices;
}

/// The metrics that the row lists, and those of this program, which older versions of the harness do not
/// list.
std::vector<SampleMetric> ParseMetrics(const Fields& row) {
  auto names = row.Get<std::vector<std::string>>("metrics", {});
  for (const MetricFacts& facts : Metrics()) {
    if (row.Has(facts.name) && std::ranges::find(names, facts.name) == names.end()) {
      names.emplace_back(facts.name);
    }
  }
  std::vector<SampleMetric> metrics;
  for (const std::string& name : names) {
    const Json* json = row.Find(name);
    const auto value = json == nullptr ? std::nullopt : NumberIn(*json);
    const bool ours = std::ranges::find(Metrics(), name, &MetricFacts::name) != Metrics().end();
    VFFN_CHECK(value.has_value() || json == nullptr || !ours, row.Where(name), " is ", json->dump(),
               ", not a finite number");
    if (value) {
      metrics.push_back({name, *value});
    }
  }
  return metrics;
}

/// How many of a row's responses are to unconditional requests: of the harness's files all that it scores for
/// acc_mutual_info.
size_t UnconditionalIn(const Fields& row, const Sample& sample) {
  const size_t responses = sample.choices.size();
  if (row.Has("unconditional")) {
    const auto count = static_cast<size_t>(row.Count("unconditional"));
    VFFN_CHECK(count == 0 || 2 * count == responses, row.Where("unconditional"), " is ", count,
               ", but there are ", responses, " responses");
    return count;
  }
  return sample.FindMetric(FactsOf(Metric::kAccMutualInfo).name) != nullptr && responses % 2 == 0
             ? responses / 2
             : 0;
}

std::optional<std::string> ParseTarget(const Json& target) {
  if (target.is_number_unsigned()) {
    return std::to_string(target.get<uint64_t>());
  }
  return target.is_string() ? std::optional(target.get<std::string>()) : std::nullopt;
}

/// The samples of a file that is one JSON array, as harness 0.4.0 to 0.4.2 writes it.
void AddArray(const std::filesystem::path& path,
              const std::function<void(const Json&, const std::string&)>& add) {
  const Json array = ReadForeignJsonFile(path);
  const std::string name = path.string();
  size_t index = 0;
  for (const Json* row : ToElements(array, {name, {}, {}})) {
    add(*row, name + ": [" + std::to_string(index++) + "]");
  }
}

}  // namespace

const SampleMetric* Sample::FindMetric(std::string_view metric) const {
  const auto found = std::ranges::find(metrics, metric, &SampleMetric::name);
  return found == metrics.end() ? nullptr : &*found;
}

SamplesFile MakeSamplesFile(const Profile& profile, const TaskRun& run, const LedgerContents& ledger) {
  SamplesFile file{.task = run.name};
  for (size_t i = 0; i < run.examples.size(); ++i) {
    const Example& example = run.examples[i];
    const ScoredDoc* scored = ledger.FindDoc(run.name, example.doc_id);
    VFFN_CHECK(scored != nullptr, ledger.origin, ": doc ", example.doc_id, " of ", run.name,
               " was not scored");
    Sample sample{.doc = Doc(run.docs[i], example.doc_id, ledger.origin),
                  .target = std::to_string(example.gold),
                  .hashes = HashesOf(run, i)};
    for (size_t c = 0; c < example.choices.size(); ++c) {
      const ScoredChoice& choice = scored->choices.at(c);
      sample.choices.push_back({example.choices[c].context, example.choices[c].continuation,
                                choice.LogLikelihood(), choice.IsGreedy()});
      if (choice.unconditional) {
        const Choice& text = example.unconditional.at(c);
        sample.unconditional.push_back({text.context, text.continuation,
                                        choice.unconditional->LogLikelihood(),
                                        choice.unconditional->IsGreedy()});
      }
    }
    for (const Metric metric : run.metrics.value_or(profile.ForTask(run.name)).reported) {
      if (IsDefined(metric, profile.length_rule, *scored)) {
        sample.metrics.push_back(
            {std::string(FactsOf(metric).name), DocValue(metric, profile.length_rule, *scored)});
      }
    }
    file.samples.push_back(std::move(sample));
  }
  return file;
}

std::string FormatSample(const std::string& task, const Sample& sample) {
  OrderedJson arguments;
  OrderedJson filtered = OrderedJson::array(), resps = OrderedJson::array();
  for (const std::vector<SampleChoice>* choices : {&sample.choices, &sample.unconditional}) {
    for (const SampleChoice& choice : *choices) {
      arguments[ChoiceKey(filtered.size())] = {{kContext, choice.context},
                                               {kContinuation, choice.continuation}};
      const OrderedJson response = {
          choice.log_likelihood ? OrderedJson(*choice.log_likelihood) : OrderedJson(nullptr),
          choice.is_greedy};
      filtered.push_back(response);
      resps.push_back(OrderedJson::array({response}));
    }
  }
  OrderedJson row = {{"doc_id", sample.doc.doc_id()},
                     {"task", task},
                     {"doc", OrderedJson::parse(sample.doc.fields().dump())},
                     {"target", sample.target ? OrderedJson(*sample.target) : OrderedJson(nullptr)},
                     {"arguments", arguments},
                     {"resps", resps},
                     {"filtered_resps", filtered},
                     {"filter", "none"},
                     {"metrics", OrderedJson::array()},
                     {"doc_hash", sample.hashes.doc},
                     {"prompt_hash", sample.hashes.prompt},
                     {"target_hash", sample.hashes.target}};
  for (const SampleMetric& metric : sample.metrics) {
    row["metrics"].push_back(metric.name);
    row[metric.name] = metric.value;
  }
  if (!sample.unconditional.empty()) {
    row["unconditional"] = sample.unconditional.size();
  }
  return row.dump() + "\n";
}

Sample ParseSample(const Json& row, const std::string& origin) {
  const Fields fields(row, origin);
  Doc doc(fields.Require("doc"), fields.Count("doc_id"), origin);
  const Json arguments = NamedArguments(fields.Require("arguments"));
  Sample sample{.doc = std::move(doc),
                .target = ParseTarget(fields.Require("target")),
                .choices = ParseChoices(fields, arguments),
                .metrics = ParseMetrics(fields),
                .hashes = {.doc = fields.Get<std::string>("doc_hash", ""),
                           .prompt = fields.Get<std::string>("prompt_hash", ""),
                           .target = fields.Get<std::string>("target_hash", "")}};
  const auto first = sample.choices.end() - static_cast<std::ptrdiff_t>(UnconditionalIn(fields, sample));
  sample.unconditional.assign(first, sample.choices.end());
  sample.choices.erase(first, sample.choices.end());
  Sha256 hash;
  hash.Update(arguments.dump());
  sample.arguments_sha256 = hash.Hex();
  return sample;
}

SamplesFile ReadSamplesFile(const std::filesystem::path& path) {
  SamplesFile file{.task = TaskOfSamplesFile(path)};
  std::set<int64_t> seen;
  const auto add = [&](const Json& row, const std::string& origin) {
    const auto task = Fields(row, origin).Get<std::string>("task", std::string(file.task));
    VFFN_CHECK(file.samples.empty() || task == file.task, origin, ": a sample of ", task, " in a file of ",
               file.task);
    file.task = task;
    file.samples.push_back(ParseSample(row, origin));
    const int64_t doc_id = file.samples.back().doc.doc_id();
    VFFN_CHECK(seen.insert(doc_id).second, origin, ": doc ", doc_id, " is there twice (several filters?)");
  };
  LineFile lines(path);
  while (const auto line = lines.NextRecord()) {
    if (file.samples.empty() && line->starts_with('[')) {
      AddArray(path, add);
      break;
    }
    add(ParseForeignJson(*line, lines.Origin()), lines.Origin());
  }
  VFFN_CHECK(!file.samples.empty(), path.string(), ": has no samples");
  return file;
}

void WriteSamplesFile(const std::filesystem::path& path, const SamplesFile& file) {
  std::string text;
  for (const Sample& sample : file.samples) {
    text += FormatSample(file.task, sample);
  }
  WriteFileAtomically(path, text);
}

}  // namespace vffn
