// From a task file and its records to the texts that are scored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "tasks/data_set.h"
#include "tasks/rendered_task.h"
#include "tasks/yaml/task_file.h"

namespace vffn {

/// The docs to render: how many of so many. `completeness` as in OpenDataSet.
struct YamlLimit {
  std::function<int64_t(int64_t docs)> count;
  Completeness completeness = Completeness::kWhole;
};

/// Reads the records of the task's split and renders the first ones as lm-evaluation-harness 0.4.13 does:
/// description, solved examples, the question, and every choice after the target delimiter. The hash of the
/// data includes the texts of the task file. Throws Error as OpenYamlSplit, and, naming the record, if a
/// template fails, the right answer is not among the choices or there are several.
RenderedTask RenderYamlTask(const YamlTask& task, const std::filesystem::path& data_dir,
                            const YamlLimit& limit);

}  // namespace vffn
