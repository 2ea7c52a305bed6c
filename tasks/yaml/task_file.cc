#include "tasks/yaml/task_file.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "base/near_names.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using Yaml = YamlValue::Kind;

/// What the harness calls a metric, and what eval/metrics.h does.
struct MetricName {
  std::string_view harness;
  std::string_view aggregation;  ///< the only one supported
  std::string_view ours;
};
constexpr std::array<MetricName, 5> kChoiceMetrics = {{{"acc", "mean", "acc"},
                                                       {"acc_norm", "mean", "acc_norm"},
                                                       {"acc_bytes", "mean", "acc_bytes"},
                                                       {"acc_mutual_info", "mean", "acc_mutual_info"},
                                                       {"brier_score", "brier_score", "brier"}}};
constexpr std::array<MetricName, 2> kLikelihoodMetrics = {
    {{"perplexity", "perplexity", "perplexity"}, {"acc", "mean", "greedy_match"}}};
constexpr std::array<MetricName, 3> kRollingMetrics = {
    {{"word_perplexity", "weighted_perplexity", "word_perplexity"},
     {"byte_perplexity", "weighted_perplexity", "byte_perplexity"},
     {"bits_per_byte", "bits_per_byte", "bits_per_byte"}}};

std::span<const MetricName> MetricsFor(YamlOutput output) {
  switch (output) {
    case YamlOutput::kMultipleChoice:
      return kChoiceMetrics;
    case YamlOutput::kLikelihood:
      return kLikelihoodMetrics;
    case YamlOutput::kRolling:
      return kRollingMetrics;
  }
  Fail("no such output");
}

/// Keys that would change scores, with what to do.
struct RefusedKey {
  std::string_view key, advice;
};
constexpr std::string_view kFunction =
    "functions of Python are not run; prepare the data set so that its records have what the templates need";
constexpr std::array<RefusedKey, 12> kRefusedKeys = {
    {{"process_docs", kFunction},
     {"process_results", "scores come from the metrics in metric_list alone; remove it"},
     {"custom_dataset", kFunction},
     {"class", "tasks written in Python are not run"},
     {"use_prompt", "promptsource is not supported; write doc_to_text, doc_to_target and doc_to_choice"},
     {"gen_prefix", "it is not supported; write it at the end of doc_to_text"},
     {"filter_list",
      "filters change answers that a model writes, and no answers are written here; remove it"},
     {"doc_to_image", "only text is read"},
     {"doc_to_audio", "only text is read"},
     {"task_list", "write one file for each task, with include:"},
     {"group", "this file is a group, not a task"},
     {"unsafe_code", "no code is run here"}}};

constexpr std::array<std::string_view, 27> kKnownKeys = {"task",
                                                         "task_alias",
                                                         "tag",
                                                         "dataset_path",
                                                         "dataset_name",
                                                         "dataset_kwargs",
                                                         "training_split",
                                                         "validation_split",
                                                         "test_split",
                                                         "fewshot_split",
                                                         "output_type",
                                                         "doc_to_text",
                                                         "doc_to_target",
                                                         "doc_to_choice",
                                                         "description",
                                                         "target_delimiter",
                                                         "fewshot_delimiter",
                                                         "fewshot_config",
                                                         "num_fewshot",
                                                         "metric_list",
                                                         "generation_kwargs",
                                                         "repeats",
                                                         "should_decontaminate",
                                                         "doc_to_decontamination_query",
                                                         "metadata",
                                                         "include",
                                                         "group_alias"};

/// The mapping of a file with those that it includes; keys of the file itself win.
class IncludingReader {
 public:
  explicit IncludingReader(std::string& texts) : texts_(texts) {}

  YamlValue Read(const fs::path& path) {
    const fs::path resolved = fs::weakly_canonical(path);
    VFFN_CHECK(seen_.insert(resolved).second, path.string(),
               ": is included twice, or includes itself; leave one include:");
    YamlValue own = ReadYamlFile(path);
    texts_ += ReadFileBytes(path);
    const YamlValue* include = own.Find("include");
    if (include == nullptr) {
      return own;
    }
    YamlValue merged = own;
    merged.map.clear();
    for (const YamlValue& name : include->is(Yaml::kList) ? include->list : std::vector{*include}) {
      VFFN_CHECK(name.is(Yaml::kText), name.Place(), ": include should be the name of a file");
      const fs::path other = path.parent_path() / name.text;
      VFFN_CHECK(fs::is_regular_file(other), name.Place(), ": include: there is no file ", other.string());
      for (const auto& [key, value] : Read(other).map) {
        Set(merged, key, value);
      }
    }
    for (const auto& [key, value] : own.map) {
      if (key != "include") {
        Set(merged, key, value);
      }
    }
    return merged;
  }

 private:
  static void Set(YamlValue& mapping, const std::string& key, const YamlValue& value) {
    for (auto& [name, old] : mapping.map) {
      if (name == key) {
        old = value;
        return;
      }
    }
    mapping.map.emplace_back(key, value);
  }

  std::string& texts_;
  std::set<fs::path> seen_;
};

/// Typed access to a mapping; null counts as absent.
class Keys {
 public:
  explicit Keys(const YamlValue& mapping) : mapping_(mapping) {}

  const YamlValue* Find(std::string_view key) const {
    const YamlValue* value = mapping_.Find(key);
    return value == nullptr || value->is(Yaml::kNull) ? nullptr : value;
  }

  std::optional<std::string> Text(std::string_view key) const {
    const YamlValue* value = Find(key);
    if (value == nullptr) {
      return std::nullopt;
    }
    VFFN_CHECK(value->is(Yaml::kText), value->Place(), ": ", key, " is ", YamlTypeName(*value),
               ", should be a text; put it in quotes");
    return value->text;
  }

  std::string Require(std::string_view key) const {
    std::optional<std::string> text = Text(key);
    VFFN_CHECK(text && !text->empty(), mapping_.Place(), ": the task has no ", key);
    return *text;
  }

  int64_t Count(std::string_view key) const {
    const YamlValue* value = Find(key);
    if (value == nullptr) {
      return 0;
    }
    VFFN_CHECK(value->is(Yaml::kInt) && value->integer >= 0, value->Place(), ": ", key, " is ",
               YamlTypeName(*value), ", should be a whole number from 0");
    return value->integer;
  }

 private:
  const YamlValue& mapping_;
};

void CheckKeys(const YamlValue& task) {
  for (const auto& [key, value] : task.map) {
    const auto refused = std::ranges::find(kRefusedKeys, key, &RefusedKey::key);
    const bool off = value.is(Yaml::kNull) || (value.is(Yaml::kBool) && !value.boolean);
    VFFN_CHECK(refused == kRefusedKeys.end() || off, value.Place(), ": ", key,
               " is not supported: ", refused == kRefusedKeys.end() ? "" : refused->advice);
    VFFN_CHECK(refused != kRefusedKeys.end() || std::ranges::find(kKnownKeys, key) != kKnownKeys.end(),
               value.Place(), ": there is no key ", key, " in the task files of lm-evaluation-harness 0.4.13",
               DidYouMean(key, std::vector<std::string>(kKnownKeys.begin(), kKnownKeys.end())));
  }
  const Keys keys(task);
  if (const YamlValue* repeats = keys.Find("repeats")) {
    VFFN_CHECK(repeats->is(Yaml::kInt) && repeats->integer == 1, repeats->Place(),
               ": repeats is not supported: a likelihood is the same every time; remove it");
  }
}

YamlOutput OutputOf(const Keys& keys, const YamlValue& task) {
  const std::string type = keys.Text("output_type").value_or("generate_until");
  const YamlValue* place = keys.Find("output_type");
  VFFN_CHECK(type == "multiple_choice" || type == "loglikelihood" || type == "loglikelihood_rolling",
             (place != nullptr ? *place : task).Place(), ": output_type is ", type,
             place == nullptr ? " (the harness's default)" : "",
             "; scored are multiple_choice, loglikelihood and loglikelihood_rolling");
  return type == "multiple_choice" ? YamlOutput::kMultipleChoice
         : type == "loglikelihood" ? YamlOutput::kLikelihood
                                   : YamlOutput::kRolling;
}

std::vector<std::string> TextsOf(const YamlValue& value, std::string_view key) {
  std::vector<std::string> texts;
  for (const YamlValue& element : value.is(Yaml::kList) ? value.list : std::vector{value}) {
    VFFN_CHECK(element.is(Yaml::kText), element.Place(), ": ", key, " is ", YamlTypeName(element),
               ", should be a text or a list of texts");
    texts.push_back(element.text);
  }
  return texts;
}

YamlData DataOf(const Keys& keys, const fs::path& file) {
  YamlData data{.path = keys.Require("dataset_path"), .config = keys.Text("dataset_name").value_or("")};
  data.base = file.parent_path();
  const YamlValue* options = keys.Find("dataset_kwargs");
  if (options == nullptr) {
    return data;
  }
  VFFN_CHECK(options->is(Yaml::kMap), options->Place(), ": dataset_kwargs should be a mapping");
  for (const auto& [key, value] : options->map) {
    if (key == "data_files" && value.is(Yaml::kMap)) {
      for (const auto& [split, files] : value.map) {
        data.files[split] = TextsOf(files, "data_files");
      }
    } else if (key == "data_files") {
      data.files["train"] = TextsOf(value, "data_files");  // as `datasets` names what has no name
    } else if (key == "data_dir") {
      data.folder = Keys(*options).Text("data_dir").value_or("");
    } else {
      VFFN_CHECK(key == "trust_remote_code" || key == "download_mode", value.Place(), ": dataset_kwargs.",
                 key, " is not supported; there are data_files and data_dir");
    }
  }
  return data;
}

StatedMetrics MetricsIn(const Keys& keys, YamlOutput output) {
  // weight_by_size is for groups, whose averages are not computed here.
  static const std::set<std::string> kPlainKeys = {"metric", "aggregation", "higher_is_better",
                                                   "weight_by_size"};
  const std::span<const MetricName> known = MetricsFor(output);
  StatedMetrics stated;
  const YamlValue* list = keys.Find("metric_list");
  if (list == nullptr) {
    const size_t defaults = output == YamlOutput::kMultipleChoice ? 2 : known.size();
    for (const MetricName& metric : known.first(defaults)) {
      stated.reported.emplace_back(metric.ours);
    }
    stated.primary = stated.reported.front();
    return stated;
  }
  VFFN_CHECK(list->is(Yaml::kList) && !list->list.empty(), list->Place(), ": metric_list should be a list");
  for (const YamlValue& entry : list->list) {
    const Keys fields(entry);
    const std::string name = fields.Require("metric");
    const auto found = std::ranges::find(known, name, &MetricName::harness);
    std::string names;
    for (const MetricName& metric : known) {
      names.append(names.empty() ? "" : ", ").append(metric.harness);
    }
    VFFN_CHECK(found != known.end(), entry.Place(), ": the metric ", name,
               " is not supported here; there are ", names);
    const std::string aggregation = fields.Text("aggregation").value_or(std::string(found->aggregation));
    VFFN_CHECK(aggregation == found->aggregation, entry.Place(), ": ", name, " is aggregated by ",
               found->aggregation, ", not by ", aggregation);
    for (const auto& [key, value] : entry.map) {
      VFFN_CHECK(kPlainKeys.contains(key), value.Place(), ": ", key, " of a metric is not supported");
    }
    VFFN_CHECK(std::ranges::find(stated.reported, found->ours) == stated.reported.end(), entry.Place(),
               ": the metric ", name, " is there twice");
    stated.reported.emplace_back(found->ours);
  }
  stated.primary = stated.reported.front();
  return stated;
}

FieldTemplate RequireTemplate(const Keys& keys, const YamlValue& task, const std::string& key) {
  const YamlValue* value = keys.Find(key);
  VFFN_CHECK(value != nullptr, task.Place(), ": the task has no ", key);
  return {key, *value};
}

YamlPrompt PromptOf(const Keys& keys, const YamlValue& task, YamlOutput output) {
  YamlPrompt prompt{.text = output == YamlOutput::kRolling && keys.Find("doc_to_text") == nullptr
                                ? FieldTemplate("doc_to_text", YamlValue{.kind = Yaml::kText})
                                : RequireTemplate(keys, task, "doc_to_text"),
                    .target = RequireTemplate(keys, task, "doc_to_target")};
  if (const YamlValue* choices = keys.Find("doc_to_choice")) {
    prompt.choices.emplace("doc_to_choice", *choices);
  }
  VFFN_CHECK(output != YamlOutput::kMultipleChoice || prompt.choices, task.Place(),
             ": the task has no doc_to_choice");
  prompt.target_delimiter = keys.Text("target_delimiter").value_or(prompt.target_delimiter);
  prompt.fewshot_delimiter = keys.Text("fewshot_delimiter").value_or(prompt.fewshot_delimiter);
  return prompt;
}

/// fewshot_config: where the solved examples come from and what they look like.
void ReadShots(const Keys& keys, YamlTask& task) {
  task.shots = keys.Count("num_fewshot");
  task.shots_split = keys.Text("fewshot_split");
  const YamlValue* config = keys.Find("fewshot_config");
  std::string sampler = "default";
  if (config != nullptr) {
    VFFN_CHECK(config->is(Yaml::kMap), config->Place(), ": fewshot_config should be a mapping");
    const Keys fields(*config);
    for (const auto& [key, value] : config->map) {
      if (value.is(Yaml::kNull)) {
        continue;
      }
      if (key == "sampler") {
        sampler = fields.Require(key);
      } else if (key == "split") {
        task.shots_split = fields.Require(key);
      } else if (key == "samples") {
        VFFN_CHECK(value.is(Yaml::kList), value.Place(), ": samples is ", YamlTypeName(value),
                   ", should be a list of records");
        for (const YamlValue& sample : value.list) {
          VFFN_CHECK(sample.is(Yaml::kMap), sample.Place(), ": a sample should be a mapping");
          task.samples.emplace_back(JsonOf(sample), static_cast<int64_t>(task.samples.size()),
                                    sample.Place());
        }
      } else if (key == "doc_to_text") {
        task.solved.text = FieldTemplate(key, value);
      } else if (key == "doc_to_target") {
        task.solved.target = FieldTemplate(key, value);
      } else if (key == "doc_to_choice") {
        task.solved.choices = FieldTemplate(key, value);
      } else if (key == "target_delimiter") {
        task.solved.target_delimiter = *fields.Text(key);
      } else if (key == "fewshot_delimiter") {
        task.solved.fewshot_delimiter = *fields.Text(key);
      } else {
        Fail(value.Place(), ": fewshot_config.", key, " is not supported");
      }
    }
  }
  const YamlValue* shots = keys.Find("num_fewshot");
  VFFN_CHECK(
      task.shots == 0 || sampler == "first_n", shots == nullptr ? "" : shots->Place(), ": the sampler is ",
      sampler,
      ", and num_fewshot is not 0: the harness draws the solved examples at random, differently for every "
      "doc; write fewshot_config: {sampler: first_n} to take the first ones");
}

}  // namespace

YamlValue ReadWithIncludes(const fs::path& path, std::string& texts) {
  return IncludingReader(texts).Read(path);
}

YamlTask ReadYamlTask(const fs::path& path) {
  std::string texts;
  const YamlValue yaml = ReadWithIncludes(path, texts);
  CheckKeys(yaml);
  const Keys keys(yaml);
  const YamlOutput output = OutputOf(keys, yaml);
  YamlPrompt prompt = PromptOf(keys, yaml, output);
  const std::string training = keys.Text("training_split").value_or("");
  const std::string validation = keys.Text("validation_split").value_or("");
  const std::string test = keys.Text("test_split").value_or("");
  VFFN_CHECK(!test.empty() || !validation.empty(), yaml.Place(),
             ": the task has neither test_split nor validation_split");
  YamlTask task{.name = keys.Require("task"),
                .file = path,
                .output = output,
                .data = DataOf(keys, path),
                .split = test.empty() ? validation : test,
                .test_split = test,
                .prompt = prompt,
                .solved = std::move(prompt),
                .shots_fallback = !training.empty()     ? training
                                  : !validation.empty() ? validation
                                                        : test,
                .metrics = MetricsIn(keys, output),
                .texts = std::move(texts)};
  if (const YamlValue* tags = keys.Find("tag")) {
    task.tags = TextsOf(*tags, "tag");
  }
  if (const auto description = keys.Text("description"); description && !description->empty()) {
    task.description.emplace("description", *keys.Find("description"));
  }
  ReadShots(keys, task);
  return task;
}

}  // namespace vffn
