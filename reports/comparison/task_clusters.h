// Clusters of a task's questions, from its records.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/doc.h"

namespace vffn {

struct TaskClusters {
  std::vector<int64_t> ids;  ///< one for each doc; docs of a cluster have the same
  std::string rule;          ///< in words, for tables
  int64_t count = 0;         ///< of clusters
};

/// SciQ: docs with the same support, if it is not blank. BoolQ: with the same passage. Social IQa: with the
/// same context. WinoGrande: docs whose qIDs agree up to the last hyphen; without qIDs, docs with the same
/// two options whose sentences share most of their words. HellaSwag: docs with the same source_id (a video or
/// an article). Nothing for other tasks, and if a record lacks the field (ClusterField).
std::optional<TaskClusters> ClustersOf(const std::string& task, std::span<const Doc> docs);

/// The field that ClustersOf needs of every record; empty for tasks without clusters.
std::string_view ClusterField(std::string_view task);

/// Of a task that asks each question in several prompts (MMLU's variations), the prompts of a question, which
/// the ids of its docs tell. Nothing for other tasks.
std::optional<TaskClusters> ClustersOfPrompts(const std::string& task, std::span<const int64_t> doc_ids);

}  // namespace vffn
