#include "runs/task_source.h"

#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "base/error.h"
#include "tasks/data_set.h"
#include "tasks/oe_requests.h"
#include "tasks/rendered_task.h"
#include "tasks/task.h"

namespace vffn {
namespace {

constexpr std::string_view kRequestFile = "oe:";

RenderedTask ReadRequestFile(const std::string& name, const std::filesystem::path& data_dir, DocLimit limit) {
  OeTask file = OpenOeTask(name.substr(kRequestFile.size()), data_dir);
  RenderedTask task{.name = name, .split = "requests", .data_sha256 = file.sha256};
  task.data_set_size = static_cast<int64_t>(file.examples.size());
  file.examples.resize(limit.Of(task.data_set_size));
  for (Example& example : file.examples) {
    Json choices = Json::array();
    for (const Choice& choice : example.choices) {
      choices.push_back({{"context", choice.context}, {"continuation", choice.continuation}});
    }
    task.docs.push_back({{"choices", std::move(choices)}, {"gold", example.gold}});
    task.examples.push_back(std::move(example));
  }
  return task;
}

RenderedTask ReadBenchmark(const Task& benchmark, const std::filesystem::path& data_dir, Rendering rendering,
                           DocLimit limit) {
  const DataSet data =
      OpenDataSet(benchmark.facts, data_dir, limit.limit == 0 ? Completeness::kWhole : Completeness::kPart);
  RenderedTask task{.name = std::string(benchmark.facts.name),
                    .split = std::string(benchmark.facts.split),
                    .data_sha256 = data.sha256};
  task.data_set_size = static_cast<int64_t>(data.docs.size());
  const auto render = rendering == Rendering::kOlmo ? benchmark.render_olmo : benchmark.render_lm_eval;
  for (const Doc& doc : std::span(data.docs).first(limit.Of(task.data_set_size))) {
    task.examples.push_back(render(doc));
    task.docs.push_back(doc.fields());
  }
  return task;
}

std::optional<MetricList> MetricsOf(const StatedMetrics& stated) {
  if (stated.reported.empty()) {
    return std::nullopt;
  }
  MetricList list{.primary = FindMetric(stated.primary)};
  for (const std::string& name : stated.reported) {
    list.reported.push_back(FindMetric(name));
  }
  return list;
}

TaskRun Tokenised(RenderedTask task, const Tokenizer& tokenizer, const EncodingOptions& encoding) {
  TaskRun run{.name = std::move(task.name),
              .split = std::move(task.split),
              .data_sha256 = std::move(task.data_sha256),
              .data_set_size = task.data_set_size,
              .metrics = MetricsOf(task.metrics),
              .shots = task.shots,
              .examples = std::move(task.examples),
              .docs = std::move(task.docs)};
  run.requests.reserve(run.examples.size());
  for (const Example& example : run.examples) {
    try {
      run.requests.push_back(EncodeExample(example, tokenizer, encoding));
    } catch (const Error& error) {
      Fail(run.name, ": ", error.what());  // the example knows its doc, not its task
    }
    run.requests.back().task = run.name;
  }
  return run;
}

std::vector<std::string> SplitAt(std::string_view text, std::string_view separators) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find_first_of(separators, begin), text.size());
    if (end > begin) {
      words.emplace_back(text.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  return words;
}

/// The words of a list separated by commas or blanks; the name of a request file may have blanks.
std::vector<std::string> WordsOf(const std::string& list) {
  constexpr std::string_view kBlanks = " \t\n";
  std::vector<std::string> words;
  for (const std::string& part : SplitAt(list, ",")) {
    const size_t begin = std::min(part.find_first_not_of(kBlanks), part.size());
    const std::string trimmed = part.substr(begin, part.find_last_not_of(kBlanks) + 1 - begin);
    if (trimmed.starts_with(kRequestFile)) {
      words.push_back(trimmed);
    } else {
      std::ranges::move(SplitAt(trimmed, kBlanks), std::back_inserter(words));
    }
  }
  return words;
}

bool IsPattern(std::string_view word) {
  return !word.starts_with(kRequestFile) && word.find_first_of("*?[") != std::string_view::npos;
}

/// The names of the tasks of which a name or alias fits; "all" fits all.
std::vector<std::string> TasksThatFit(const std::string& pattern) {
  std::vector<std::string> names;
  for (const Task& task : Tasks()) {
    const auto fits = [&](std::string_view name) {
      return fnmatch(pattern.c_str(), std::string(name).c_str(), 0) == 0;
    };
    if (pattern == "all" || fits(task.facts.name) || std::ranges::any_of(task.facts.aliases, fits)) {
      names.emplace_back(task.facts.name);
    }
  }
  VFFN_CHECK(!names.empty(), "no task fits \"", pattern, "\"; 'vffn tasks' lists them");
  return names;
}

}  // namespace

std::vector<std::string> ParseTaskList(const std::string& list) {
  std::vector<std::string> names;
  std::set<std::string> of_patterns;
  const auto has = [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); };
  for (const std::string& word : WordsOf(list)) {
    if (word == "all" || IsPattern(word)) {
      for (const std::string& name : TasksThatFit(word)) {
        if (!has(name)) {
          names.push_back(name);
          of_patterns.insert(name);
        }
      }
      continue;
    }
    const std::string name = word.starts_with(kRequestFile) ? word : std::string(FindTask(word).facts.name);
    VFFN_CHECK(!has(name) || of_patterns.contains(name), "task ", name, " is named twice in '", list, "'");
    if (!has(name)) {
      names.push_back(name);
    }
  }
  VFFN_CHECK(!names.empty(), "no task is named: --tasks piqa,arc_easy or --tasks all");
  return names;
}

int64_t DocLimit::Of(int64_t docs) const {
  if (limit == 0) {
    return docs;
  }
  if (limit < 1) {
    return static_cast<int64_t>(std::ceil(limit * static_cast<double>(docs)));
  }
  VFFN_CHECK(limit == std::floor(limit), "a limit of ", limit,
             " is neither a number of docs nor a share below 1");
  return std::min(docs, static_cast<int64_t>(limit));
}

TaskRun LoadTask(const std::string& name, const std::filesystem::path& data_dir, const Profile& profile,
                 DocLimit limit, const Tokenizer& tokenizer, const EncodingOptions& encoding) {
  return Tokenised(name.starts_with(kRequestFile)
                       ? ReadRequestFile(name, data_dir, limit)
                       : ReadBenchmark(FindTask(name), data_dir, profile.rendering, limit),
                   tokenizer, encoding);
}

}  // namespace vffn
