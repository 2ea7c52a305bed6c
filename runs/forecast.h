// What a run would do, before it is begun.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "eval/request.h"

namespace vffn {

class DocCost;
struct Evaluation;

/// Of a task, or of a source of a text whose loss is measured.
struct TaskForecast {
  std::string name;
  int64_t docs = 0;
  int64_t requests = 0;  ///< choices, or windows of a text
  int64_t done = 0;      ///< docs that the ledger has, with --resume: they are not scored again
  int64_t tokens = 0;    ///< that the model reads for the other docs; shared contexts count once
};

struct RunForecast {
  std::vector<TaskForecast> tasks;
  double flops = 0;                            ///< about what the other docs take (DocCost)
  std::vector<std::filesystem::path> files;    ///< that would be written
  std::vector<std::filesystem::path> removed;  ///< by --overwrite

  /// The task of that name, which is added if it is not there.
  TaskForecast& Find(const std::string& name);
};

/// Adds the work of docs to that of their task and of the run.
void AddWork(const DocCost& cost, std::span<const RequestDoc> docs, TaskForecast& task,
             RunForecast& forecast);

/// What RunEvaluation would do. Throws as CheckOutput; writes nothing.
RunForecast ForecastOf(const Evaluation& evaluation);

}  // namespace vffn
