// Runs made by hand.
#pragma once

#include <string>
#include <vector>

#include "flops/paper_models.h"
#include "model/parameters.h"
#include "reports/reproduction/measured_run.h"
#include "tasks/task.h"

namespace vffn {

inline ModelConfig PaperConfig(std::string_view scale, std::string_view method) {
  for (const PaperModel& model : PaperModels()) {
    if (model.scale == scale && model.method == method) {
      return model.config;
    }
  }
  return {};
}

inline MeasuredTask MakeTask(const std::string& task, int64_t docs, double value, double error) {
  return {.task = task,
          .split = "validation",
          .metric = "len_norm",
          .docs = docs,
          .score = {.value = value, .standard_error = error}};
}

inline MeasuredRun MakeRun(const std::string& name, const ModelConfig& config) {
  return {.name = name,
          .source = name + "/results.json",
          .profile = "olmo",
          .dtype = "float32",
          .rows = RowsOf(config),
          .config = config,
          .parameters = ParameterCount(config)};
}

/// The tasks that vffn knows and one more: 100 docs.
inline std::vector<Task> NineTasks() {
  std::vector<Task> tasks(Tasks().begin(), Tasks().end());
  tasks.push_back(tasks.front());
  tasks.back().facts.name = "ninth";
  tasks.back().facts.aliases.clear();
  tasks.back().facts.doc_count = 100;
  return tasks;
}

}  // namespace vffn
