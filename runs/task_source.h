// From task names to the docs that the evaluator scores.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "eval/evaluation_plan.h"
#include "eval/profiles.h"
#include "eval/request_encoder.h"

namespace vffn {

/// The task names of a list separated by commas or blanks. "all" stands for all known tasks, "arc_*" for
/// those that the pattern fits ("*", "?", "[...]"; a name that it adds twice counts once), "oe:NAME" for a
/// request file (tasks/oe_requests.h; NAME may have blanks). Throws Error on an unknown or duplicate name,
/// and on a pattern that fits none.
std::vector<std::string> ParseTaskList(const std::string& list);

/// The docs that a run scores: the first `limit` of each task; a share of them if it is below 1; all if it is
/// 0.
struct DocLimit {
  double limit = 0;

  /// Throws Error if a limit of 1 or more is not whole.
  int64_t Of(int64_t docs) const;
};

/// Reads, renders and tokenises one task.
TaskRun LoadTask(const std::string& name, const std::filesystem::path& data_dir, const Profile& profile,
                 DocLimit limit, const Tokenizer& tokenizer, const EncodingOptions& encoding);

}  // namespace vffn
