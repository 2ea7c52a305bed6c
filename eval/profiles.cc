#include "eval/profiles.h"

#include <string>

#include "base/error.h"

namespace vffn {
namespace {

std::vector<TaskMetrics> OlmoTasks() {
  // Table 1 of the VersatileFFN paper (arXiv 2512.14531), whose configuration names OLMo's labels; OLMo's own
  // label table gives the same metrics.
  const std::vector<Metric> reported = {Metric::kAcc, Metric::kLenNorm, Metric::kBitsPerByte,
                                        Metric::kCeLoss};
  return {
      {"piqa", reported, Metric::kLenNorm},
      {"hellaswag", reported, Metric::kLenNorm},
      {"openbookqa", reported, Metric::kLenNorm},
      {"sciq", reported, Metric::kAcc},
      {"arc_easy", reported, Metric::kAcc},
      {"arc_challenge", reported, Metric::kLenNorm},
      {"commonsense_qa", reported, Metric::kLenNorm},
      {"winogrande", reported, Metric::kAcc},
      {"", reported, Metric::kAcc},
  };
}

std::vector<TaskMetrics> LmEvalTasks() {
  // The metric_list of each task's YAML. lm-evaluation-harness calls none of them the score; where it reports
  // both, the one that is normalised like the paper's is ours.
  const std::vector<Metric> both = {Metric::kAcc, Metric::kAccNorm};
  const std::vector<Metric> acc = {Metric::kAcc};
  return {
      {"piqa", both, Metric::kAccNorm},
      {"hellaswag", both, Metric::kAccNorm},
      {"openbookqa", both, Metric::kAccNorm},
      {"sciq", both, Metric::kAcc},
      {"arc_easy", both, Metric::kAcc},
      {"arc_challenge", both, Metric::kAccNorm},
      {"commonsense_qa", acc, Metric::kAcc},
      {"winogrande", acc, Metric::kAcc},
      {"", both, Metric::kAcc},
  };
}

const std::vector<Profile>& Table() {
  static const std::vector<Profile> profiles = {
      {"olmo", "the paper's: OLMo in-loop prompts, len_norm by characters without the leading blank",
       Rendering::kOlmo, Encoding::kSeparate, LengthRule::kWithoutLeadingBlank, OlmoTasks()},
      {"olmo-in-loop-0.9",
       "ai2-olmo-eval 0.9.0: the same prompts, len_norm by characters with the leading blank",
       Rendering::kOlmo, Encoding::kSeparate, LengthRule::kWithLeadingBlank, OlmoTasks()},
      {"lm-eval", "lm-evaluation-harness 0.4.13: its prompts, joint tokenisation, acc and acc_norm",
       Rendering::kLmEval, Encoding::kJoint, LengthRule::kWithoutLeadingBlank, LmEvalTasks()},
  };
  return profiles;
}

}  // namespace

std::string_view NameOf(Rendering rendering) { return rendering == Rendering::kOlmo ? "olmo" : "lm-eval"; }

std::string_view NameOf(Encoding encoding) { return encoding == Encoding::kSeparate ? "separate" : "joint"; }

const TaskMetrics& Profile::ForTask(std::string_view task) const {
  for (const TaskMetrics& row : tasks) {
    if (row.task == task || row.task.empty()) {
      return row;
    }
  }
  Fail("profile ", name, " has no row for other tasks, so none for ", task);
}

std::span<const Profile> Profiles() { return Table(); }

const Profile& FindProfile(std::string_view name) {
  std::string names;
  for (const Profile& profile : Profiles()) {
    if (profile.name == name) {
      return profile;
    }
    names += names.empty() ? "" : ", ";
    names += profile.name;
  }
  Fail("there is no profile \"", name, "\"; choose one of ", names);
}

}  // namespace vffn
