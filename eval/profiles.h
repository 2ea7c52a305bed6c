// Profiles: the evaluation protocol that a score follows (prompts, tokenisation, metrics). A profile names
// the version of the project that defines it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eval/metrics.h"
#include "trace/run_identity.h"

namespace vffn {

/// The project whose prompts are used.
enum class Rendering {
  kOlmo,    ///< OLMo's in-loop evaluator
  kLmEval,  ///< lm-evaluation-harness 0.4.13
  kOlmes,   ///< OLMES: request files with five curated solved examples
};

/// How a context and its continuation become tokens.
enum class Encoding {
  kSeparate,  ///< each by itself (OLMo)
  kJoint,     ///< together, then cut (lm-evaluation-harness)
};

/// The special tokens that a run puts around its texts (eval/token_placement.h).
enum class SpecialTokenRule {
  kNone,       ///< none: OLMo's own evaluator
  kConfigBos,  ///< bos_token_id of the model's configuration before every context (ai2-olmo-eval 0.9.0)
  kTokenizer,  ///< what the tokenizer adds by itself (lm-evaluation-harness 0.4.13)
};

std::string_view NameOf(Rendering rendering);  ///< "olmo", "lm-eval", "olmes"
std::string_view NameOf(Encoding encoding);    ///< "separate", "joint"

struct TaskMetrics {
  std::string_view task;  ///< empty: all tasks that have no row of their own
  MetricList metrics;     ///< that the project reports
};

struct Profile {
  std::string_view name;
  std::string_view description;
  Rendering rendering;
  Encoding encoding;
  SpecialTokenRule special_tokens;
  LengthRule length_rule;
  std::vector<TaskMetrics> tasks;

  /// A task that was asked in two forms counts once, with the better score (eval/task_forms.h).
  bool better_form = false;

  /// The metrics of a task's row. A task that states its own metrics (LedgerTask::metrics, TaskRun::metrics)
  /// is scored by these instead.
  const MetricList& ForTask(std::string_view task) const;

  /// Whether the task has a row of its own: then it is scored by these metrics, not by those of its file.
  bool HasRow(std::string_view task) const;
};

/// Throws Error, beginning with `origin`, unless a run of that identity scored the prompts and tokens that
/// the profile asks for, special tokens included. Only then can its scores be computed under the profile.
void CheckHoldsTokensOf(const Profile& profile, const RunIdentity& identity, const std::string& origin);
bool HoldsTokensOf(const Profile& profile, const RunIdentity& identity);

/// All profiles; the first is the default.
std::span<const Profile> Profiles();

/// Throws Error listing the names.
const Profile& FindProfile(std::string_view name);

}  // namespace vffn
