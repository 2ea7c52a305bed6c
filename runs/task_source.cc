#include "runs/task_source.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/error.h"
#include "tasks/data_set.h"
#include "tasks/oe_requests.h"
#include "tasks/task.h"

namespace vffn {
namespace {

constexpr std::string_view kRequestFile = "oe:";

/// A request file, not tokenised yet.
TaskRun ReadRequestFile(const std::string& name, const std::filesystem::path& data_dir, DocLimit limit) {
  OeTask task = OpenOeTask(name.substr(kRequestFile.size()), data_dir);
  TaskRun run{.name = name, .split = "requests", .data_sha256 = task.sha256};
  run.data_set_size = static_cast<int64_t>(task.examples.size());
  task.examples.resize(limit.Of(run.data_set_size));
  for (Example& example : task.examples) {
    Json choices = Json::array();
    for (const Choice& choice : example.choices) {
      choices.push_back({{"context", choice.context}, {"continuation", choice.continuation}});
    }
    run.docs.push_back({{"choices", std::move(choices)}, {"gold", example.gold}});
    run.examples.push_back(std::move(example));
  }
  return run;
}

TaskRun ReadBenchmark(const Task& task, const std::filesystem::path& data_dir, Rendering rendering,
                      DocLimit limit) {
  const DataSet data =
      OpenDataSet(task.facts, data_dir, limit.limit == 0 ? Completeness::kWhole : Completeness::kPart);
  TaskRun run{.name = std::string(task.facts.name),
              .split = std::string(task.facts.split),
              .data_sha256 = data.sha256};
  run.data_set_size = static_cast<int64_t>(data.docs.size());
  const auto render = rendering == Rendering::kOlmo ? task.render_olmo : task.render_lm_eval;
  for (const Doc& doc : std::span(data.docs).first(limit.Of(run.data_set_size))) {
    run.examples.push_back(render(doc));
    run.docs.push_back(doc.fields());
  }
  return run;
}

}  // namespace

std::vector<std::string> ParseTaskList(const std::string& list) {
  std::vector<std::string> names;
  const auto add = [&](std::string name) {
    VFFN_CHECK(std::ranges::find(names, name) == names.end(), "task ", name, " is named twice in '", list,
               "'");
    names.push_back(std::move(name));
  };
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    if (word == "all") {
      for (const Task& task : Tasks()) {
        add(std::string(task.facts.name));
      }
    } else if (word.starts_with(kRequestFile)) {
      add(word);
    } else {
      add(std::string(FindTask(word).facts.name));
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
  TaskRun run = name.starts_with(kRequestFile)
                    ? ReadRequestFile(name, data_dir, limit)
                    : ReadBenchmark(FindTask(name), data_dir, profile.rendering, limit);
  run.requests.reserve(run.examples.size());
  for (const Example& example : run.examples) {
    try {
      run.requests.push_back(EncodeExample(example, tokenizer, encoding));
    } catch (const Error& error) {
      Fail(name, ": ", error.what());  // the example knows its doc, not its task
    }
    run.requests.back().task = name;
  }
  return run;
}

}  // namespace vffn
