// Clusters of a task's questions, from its records.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tasks/doc.h"

namespace vffn {

struct TaskClusters {
  std::vector<int64_t> ids;  ///< one for each doc; docs of a cluster have the same
  std::string rule;          ///< in words, for tables
  int64_t count = 0;         ///< of clusters
};

/// SciQ: docs with the same support, if it is not blank. WinoGrande: docs whose qIDs agree up to the
/// last hyphen; without qIDs, docs with the same two options whose sentences share most of their
/// words. HellaSwag: docs with the same source_id (a video or an article). Nothing for other tasks. Throws
/// Error if a record lacks the field.
std::optional<TaskClusters> ClustersOf(const std::string& task, std::span<const Doc> docs);

}  // namespace vffn
