#include "runs/tasks/task_source.h"

#include <optional>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

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

}  // namespace

TaskRun Tokenise(RenderedTask task, const Tokenizer& tokenizer, const EncodingOptions& encoding) {
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

}  // namespace vffn
