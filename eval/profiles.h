// Profiles: whose protocol a score follows. A profile pins a version of a project, since they change.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "eval/metrics.h"

namespace vffn {

/// Whose prompts.
enum class Rendering {
  kOlmo,    ///< OLMo's in-loop evaluator
  kLmEval,  ///< lm-evaluation-harness 0.4.13
};

/// How a context and its continuation become tokens.
enum class Encoding {
  kSeparate,  ///< each by itself (OLMo)
  kJoint,     ///< together, then cut (lm-evaluation-harness)
};

std::string_view NameOf(Rendering rendering);  ///< "olmo", "lm-eval"
std::string_view NameOf(Encoding encoding);    ///< "separate", "joint"

struct TaskMetrics {
  std::string_view task;        ///< empty: any task that has no row of its own
  std::vector<Metric> metrics;  ///< that the project reports
  Metric primary;               ///< one of them: the score in the table and in the average
};

struct Profile {
  std::string_view name;
  std::string_view description;
  Rendering rendering;
  Encoding encoding;
  LengthRule length_rule;
  std::vector<TaskMetrics> tasks;

  /// The row of a task.
  const TaskMetrics& ForTask(std::string_view task) const;
};

/// All profiles; the first is the default.
std::span<const Profile> Profiles();

/// Throws Error listing the names.
const Profile& FindProfile(std::string_view name);

}  // namespace vffn
