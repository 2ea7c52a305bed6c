// Hashes of docs and prompts, computed as lm-evaluation-harness does.
#pragma once

#include <string>

#include "eval/evaluation_plan.h"

namespace vffn {

/// SHA-256 of one doc's parts, in hex.
struct SampleHashes {
  std::string doc;     ///< of the record as indented JSON
  std::string prompt;  ///< of the first choice's context
  std::string target;  ///< of the index of the right choice, as text

  bool operator==(const SampleHashes&) const = default;
};

/// Of the doc at `index` of a task.
SampleHashes HashesOf(const TaskRun& run, size_t index);

/// SHA-256 over all docs' doc, prompt and target hashes: the harness's entry in task_hashes.
std::string TaskHash(const TaskRun& run);

}  // namespace vffn
