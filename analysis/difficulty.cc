#include "analysis/difficulty.h"

#include "analysis/clustered_mean.h"
#include "analysis/distributions.h"
#include "analysis/holm.h"

namespace vffn {
namespace {

std::optional<Estimate> MeanIfAny(const std::vector<double>& values) {
  return values.empty() ? std::nullopt : std::optional(MeanOf(values));
}

/// Of the groups that have a difficulty: its correlation with mean loops.
PermutedCorrelation CorrelateWithLoops(std::span<const GroupLoops> groups,
                                       std::span<const GroupDifficulty> difficulties,
                                       std::optional<Estimate> GroupDifficulty::*quantity, uint64_t seed) {
  std::vector<double> loops, values;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].mean_loops && difficulties[i].*quantity) {
      loops.push_back(groups[i].mean_loops->value);
      values.push_back((difficulties[i].*quantity)->value);
    }
  }
  return PermutationTest(loops, values, seed);
}

struct TaskSums {
  ClusteredMeans wrong, right;
  std::vector<RankPair> pairs;
};

DifficultyWithin ResultOf(const std::string& task, const TaskSums& sums,
                          const RankCorrelationOptions& options) {
  DifficultyWithin result{.task = task,
                          .wrong = sums.wrong.docs(),
                          .right = sums.right.docs(),
                          .wrong_loops = sums.wrong.Of(1, 0),
                          .right_loops = sums.right.Of(1, 0),
                          .loss = SpearmanOf(sums.pairs, options)};
  if (result.wrong_loops && result.right_loops) {
    const MeansDifference difference =
        DifferenceOfMeans({*result.wrong_loops, result.wrong}, {*result.right_loops, result.right});
    result.difference = difference.difference;
    result.p = difference.p;
  }
  return result;
}

void AddPooledDifference(DifficultyInTasks& result) {
  std::vector<Estimate> differences;
  for (const DifficultyWithin& task : result.tasks) {
    if (task.difference && task.difference->standard_error) {
      differences.push_back(*task.difference);
    }
  }
  if (differences.empty()) {
    return;
  }
  result.averaged = static_cast<int64_t>(differences.size());
  result.difference = AverageOf(differences);
  result.p = NormalTwoSided(result.difference->value / *result.difference->standard_error);
}

}  // namespace

DifficultyOfGroups CompareGroups(std::span<const GroupLoops> groups, std::span<const DocLoops> docs,
                                 const DocGroup& group_of, const Difficulties& difficulties, uint64_t seed) {
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> values;  // wrong, loss
  for (const DocLoops& doc : docs) {
    const auto found = difficulties.find({doc.task, doc.doc_id});
    if (found == difficulties.end()) {
      continue;
    }
    auto& [wrong, loss] = values[group_of(doc.task, doc.doc_id)];
    if (found->second.correct) {
      wrong.push_back(*found->second.correct ? 0 : 1);
    }
    if (found->second.loss) {
      loss.push_back(*found->second.loss);
    }
  }
  DifficultyOfGroups result;
  for (const GroupLoops& group : groups) {
    const auto& [wrong, loss] = values[group.group];
    result.groups.push_back({group.group, MeanIfAny(wrong), MeanIfAny(loss)});
  }
  result.error_rate = CorrelateWithLoops(groups, result.groups, &GroupDifficulty::error_rate, seed);
  result.loss = CorrelateWithLoops(groups, result.groups, &GroupDifficulty::loss, seed);
  return result;
}

DifficultyInTasks CompareWithinTasks(std::span<const DocLoops> docs, const Difficulties& difficulties,
                                     const RankCorrelationOptions& options) {
  std::map<std::string, TaskSums> tasks;
  for (const DocLoops& doc : docs) {
    const auto found = difficulties.find({doc.task, doc.doc_id});
    if (found == difficulties.end()) {
      continue;
    }
    TaskSums& sums = tasks[doc.task];
    const auto tokens = static_cast<double>(doc.tokens);
    if (found->second.correct) {
      (*found->second.correct ? sums.right : sums.wrong).Add(tokens, tokens * doc.mean_loops);
    }
    if (found->second.loss) {
      sums.pairs.push_back({.x = doc.mean_loops,
                            .y = *found->second.loss,
                            .cluster = static_cast<int32_t>(sums.pairs.size())});
    }
  }
  DifficultyInTasks result;
  for (const auto& [task, sums] : tasks) {
    result.tasks.push_back(ResultOf(task, sums, options));
  }
  std::vector<DifficultyWithin*> family;
  for (DifficultyWithin& task : result.tasks) {
    family.push_back(&task);
  }
  AdjustFamily(family);
  AddPooledDifference(result);
  return result;
}

}  // namespace vffn
