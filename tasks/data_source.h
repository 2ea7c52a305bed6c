// Finding the data of a task in the layouts in which people have them.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "tasks/stated_rows.h"
#include "tasks/task.h"

namespace vffn {

/// Where the records of a data set are.
struct DataSource {
  std::filesystem::path origin;              ///< the file, or the folder of several files
  std::vector<std::filesystem::path> files;  ///< in order, all of one kind
  std::optional<StatedRows> stated;          ///< number of rows, where metadata state it
};

struct DataSearch {
  std::vector<DataSource> found;
  std::vector<std::filesystem::path> looked_at;  ///< folders and files, for an error message
};

/// Every source of a task's split below `data_dir` (data_set.h lists the layouts); of a task with several data
/// sets, of the one that the facts' data_set_path names. Two sources are found once if a link makes them the
/// same files. Throws Error if state.json of a folder is damaged, or if shards of the only source are missing
/// or there twice.
DataSearch FindDataSources(const TaskFacts& facts, const std::filesystem::path& data_dir);

/// Whether `folder` was written by Hugging Face's save_to_disk (it has state.json).
bool IsSavedToDisk(const std::filesystem::path& folder);

/// The shards of such a folder, as its state.json names them. Throws Error as above.
DataSource SavedToDisk(const std::filesystem::path& folder);

}  // namespace vffn
