// Loops by skill: whether tasks, or groups of docs, get different numbers of loops.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/clustered_mean.h"
#include "analysis/counting.h"
#include "trace/trace_reader.h"

namespace vffn {

/// The group of a doc: its task, or a category.
using DocGroup = std::function<std::string(const std::string& task, int64_t doc_id)>;

/// The mean loops and lambda of one layer; absent as in GroupLoops.
struct LayerMeans {
  std::optional<Estimate> loops, lambda;
};

/// Means over (layer, token) pairs, every layer with the same weight; errors are clustered by doc.
struct GroupLoops {
  std::string group;
  std::vector<std::string> tasks;  ///< of its docs, by name
  int64_t docs = 0;                ///< with counted tokens
  int64_t tokens = 0;
  std::optional<Estimate> mean_loops;       ///< N_mean; absent without tokens
  std::optional<Estimate> share_below_max;  ///< P
  std::optional<Estimate> lambda;           ///< absent if the model has none
  std::vector<LayerMeans> layers;
};

/// One doc with counted tokens.
struct DocLoops {
  std::string task;
  int64_t doc_id = 0;
  int64_t tokens = 0;
  double mean_loops = 0;  ///< over its (layer, token) pairs
};

/// Docs in, groups out.
class SkillAnalysis {
 public:
  static constexpr TraceColumns kColumns = {.loop_counts = true, .lambdas = true};

  /// Throws Error, saying what the model is, if its traces have no loop counts.
  SkillAnalysis(const TraceHeader& header, const Counting& counting, DocGroup group_of);

  void Add(const DocTrace& doc);

  /// By name.
  std::vector<GroupLoops> Groups() const;

  /// In the order in which they were added.
  const std::vector<DocLoops>& docs() const { return docs_; }

 private:
  struct Sums {
    std::set<std::string> tasks;
    int64_t docs = 0, tokens = 0;
    ClusteredMeans pairs;                // of loops, and of being below L_max
    ClusteredMeans lambdas;              // over (layer, token) pairs
    std::vector<ClusteredMeans> layers;  // of loops, and of lambda
  };

  TraceShape shape_;
  Counting counting_;
  DocGroup group_of_;
  std::map<std::string, Sums> groups_;
  std::vector<DocLoops> docs_;
};

}  // namespace vffn
