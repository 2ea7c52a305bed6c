#include "tasks/benchmark_reader.h"

#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

using Renderer = std::function<std::vector<Example>(const Doc&)>;

Renderer RendererOf(const Task& task, PromptSource prompts, const DataSet& data) {
  if (prompts == PromptSource::kOlmo && task.render_prompts) {
    return [&](const Doc& doc) { return task.render_prompts(doc, data.solved); };
  }
  const auto render = prompts == PromptSource::kOlmo ? task.render_olmo : task.render_lm_eval;
  return [render](const Doc& doc) { return std::vector<Example>{render(doc)}; };
}

StatedMetrics MetricsOf(const TaskFacts& facts) {
  if (facts.reported.empty()) {
    return {};
  }
  return {.reported = {facts.reported.begin(), facts.reported.end()}, .primary = std::string(facts.metric)};
}

}  // namespace

RenderedTask ReadBenchmark(const Task& task, const std::filesystem::path& data_dir,
                           const BenchmarkOptions& options) {
  const TaskFacts& facts = task.facts;
  VFFN_CHECK(options.prompts == PromptSource::kOlmo || task.render_lm_eval != nullptr, facts.name,
             ": the program has the prompts of OLMo's in-loop evaluator for this task, but not those of "
             "lm-evaluation-harness. Score it with --profile olmo or olmo-in-loop-0.9, or give the harness's "
             "own file of the task: --tasks FILE.yaml");
  const DataSet data = OpenDataSet(facts, data_dir, options.completeness);
  const Renderer render = RendererOf(task, options.prompts, data);
  RenderedTask rendered{.name = std::string(facts.name),
                        .split = std::string(facts.split),
                        .data_sha256 = data.sha256,
                        .data_set_size = static_cast<int64_t>(data.docs.size()) * facts.prompts,
                        .metrics = MetricsOf(facts),
                        .shots = facts.shots};
  const int64_t count = options.count ? options.count(rendered.data_set_size) : rendered.data_set_size;
  for (const Doc& doc : data.docs) {
    for (Example& example : render(doc)) {
      if (static_cast<int64_t>(rendered.examples.size()) == count) {
        return rendered;
      }
      rendered.examples.push_back(std::move(example));
      rendered.docs.push_back(doc.fields());
    }
  }
  return rendered;
}

}  // namespace vffn
