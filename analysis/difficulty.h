// Whether harder questions get more loops: across groups of docs, and within tasks.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/group_tests.h"
#include "analysis/rank_correlation.h"
#include "analysis/skills.h"

namespace vffn {

/// How hard a doc was for the model.
struct DocDifficulty {
  std::optional<bool> correct;  ///< absent: the task has no accuracy
  std::optional<double> loss;   ///< bits per byte of the right answer; absent where it has no bytes
};

/// By (task, doc_id).
using Difficulties = std::map<std::pair<std::string, int64_t>, DocDifficulty>;

/// Of one group, over the docs that have the value.
struct GroupDifficulty {
  std::string group;
  std::optional<Estimate> error_rate;  ///< 1 - accuracy
  std::optional<Estimate> loss;
};

/// Groups, and whether the harder ones have more loops.
struct DifficultyOfGroups {
  std::vector<GroupDifficulty> groups;  ///< as the groups given
  PermutedCorrelation error_rate;       ///< with mean loops, over the groups that have both
  PermutedCorrelation loss;
};

DifficultyOfGroups CompareGroups(std::span<const GroupLoops> groups, std::span<const DocLoops> docs,
                                 const DocGroup& group_of, const Difficulties& difficulties, uint64_t seed);

/// Within one task: docs answered wrongly against docs answered right, and docs by their loss.
struct DifficultyWithin {
  std::string task;
  int64_t wrong = 0, right = 0;                      ///< docs
  std::optional<Estimate> wrong_loops, right_loops;  ///< over tokens, clustered by doc; absent without docs
  std::optional<Estimate> difference;                ///< wrong - right
  std::optional<double> p;                           ///< Welch's t test
  std::optional<double> adjusted_p;                  ///< Holm, over the tasks
  RankCorrelation loss;  ///< Spearman's, of a doc's loss and its mean loops; every doc counts once
};

/// All tasks, and the unweighted mean of their differences.
struct DifficultyInTasks {
  std::vector<DifficultyWithin> tasks;  ///< by name
  std::optional<Estimate> difference;   ///< of the tasks whose difference has an error; absent if none has
  int64_t averaged = 0;                 ///< how many tasks these are
  std::optional<double> p;              ///< normal
};

DifficultyInTasks CompareWithinTasks(std::span<const DocLoops> docs, const Difficulties& difficulties,
                                     const RankCorrelationOptions& options);

}  // namespace vffn
