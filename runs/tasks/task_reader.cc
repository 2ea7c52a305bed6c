#include "runs/tasks/task_reader.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/error.h"
#include "eval/metrics.h"
#include "tasks/benchmark_reader.h"
#include "tasks/data_set.h"
#include "tasks/oe_requests.h"
#include "tasks/request_files.h"
#include "tasks/task.h"
#include "tasks/yaml/task_data.h"
#include "tasks/yaml/yaml_rendering.h"

namespace vffn {
namespace {

std::string NameOf(Metric metric) { return std::string(FactsOf(metric).name); }

/// The metrics of a multiple-choice file; none if neither the package nor the file states one.
StatedMetrics ChoiceMetrics(const OeTask& file, const CatalogueTask& task, const Profile& profile) {
  const auto facts = std::ranges::find(RequestFiles(), task.place, &RequestFileFacts::name);
  std::optional<std::string> primary = file.metric;
  if (facts != RequestFiles().end() && profile.rendering == Rendering::kOlmo) {
    primary = facts->metric;
  }
  if (!primary) {
    return {};
  }
  try {
    FindMetric(*primary);
  } catch (const Error& error) {
    Fail(file.origin, ": config.json beside it states primary_metric ", *primary, ": ", error.what());
  }
  StatedMetrics metrics{.reported = {NameOf(Metric::kAcc), NameOf(Metric::kLenNorm),
                                     NameOf(Metric::kBitsPerByte), NameOf(Metric::kCeLoss)},
                        .primary = *primary};
  if (std::ranges::find(metrics.reported, *primary) == metrics.reported.end()) {
    metrics.reported.push_back(*primary);
  }
  return metrics;
}

RenderedTask ReadRequestFile(const CatalogueTask& task, const std::filesystem::path& data_dir,
                             const Profile& profile, DocLimit limit) {
  OeTask file = OpenOeTask(task.place, data_dir,
                           task.right_answers_only ? std::optional(OeKind::kGoldOnly) : std::nullopt);
  RenderedTask rendered{.name = task.name,
                        .split = file.split.value_or("requests"),
                        .data_sha256 = file.sha256,
                        .data_set_size = static_cast<int64_t>(file.examples.size()),
                        .shots = file.shots};
  if (file.kind == OeKind::kGoldOnly) {
    rendered.metrics = {.reported = {NameOf(Metric::kBitsPerByte), NameOf(Metric::kCeLoss)},
                        .primary = NameOf(Metric::kBitsPerByte)};
  } else if (!profile.HasRow(task.name)) {
    rendered.metrics = ChoiceMetrics(file, task, profile);
  }
  const auto count = static_cast<size_t>(limit.Of(rendered.data_set_size));
  file.examples.resize(count);
  file.docs.resize(count);
  rendered.examples = std::move(file.examples);
  rendered.docs = std::move(file.docs);
  return rendered;
}

/// False, too, for a file that ReadTask refuses: a folder of the harness has many of these.
bool HasYamlTaskData(const std::string& file, const std::filesystem::path& data_dir) {
  try {
    return HasYamlData(ReadYamlTask(file), data_dir);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

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

bool HasData(const CatalogueTask& task, const std::filesystem::path& data_dir) {
  switch (task.kind) {
    case TaskKind::kBenchmark:
      return HasDataSet(FindTask(task.name).facts, data_dir);
    case TaskKind::kRequestFile:
      return FindOeTask(task.place, data_dir).has_value();
    case TaskKind::kTaskFile:
      return HasYamlTaskData(task.place, data_dir);
  }
  Fail("no such kind of task");
}

RenderedTask ReadTask(const CatalogueTask& task, const std::filesystem::path& data_dir,
                      const Profile& profile, DocLimit limit) {
  switch (task.kind) {
    case TaskKind::kBenchmark:
      return ReadBenchmark(
          FindTask(task.name), data_dir,
          {.prompts = profile.rendering == Rendering::kOlmo ? PromptSource::kOlmo : PromptSource::kLmEval,
           .completeness = limit.limit == 0 ? Completeness::kWhole : Completeness::kPart,
           .count = [&](int64_t docs) { return limit.Of(docs); }});
    case TaskKind::kRequestFile:
      return ReadRequestFile(task, data_dir, profile, limit);
    case TaskKind::kTaskFile: {
      RenderedTask rendered =
          RenderYamlTask(ReadYamlTask(task.place), data_dir,
                         {.count = [&](int64_t docs) { return limit.Of(docs); },
                          .completeness = limit.limit == 0 ? Completeness::kWhole : Completeness::kPart});
      rendered.name = task.name;
      return rendered;
    }
  }
  Fail("no such kind of task");
}

}  // namespace vffn
