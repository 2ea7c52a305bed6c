// The tasks of a run under a profile.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "eval/profiles.h"
#include "runs/tasks/task_catalogue.h"

namespace vffn {

/// BuiltInTasks as the profile sees them. Under olmes, the name of a benchmark or of a folder of request
/// files is a group: the folder's files with five solved examples, cloze and letters (eval/task_forms.h).
std::vector<CatalogueTask> CatalogueOf(const Profile& profile);

/// The tasks of a list (SelectTasks), of the catalogue and of the task files in `include_path`. Throws Error,
/// too, if a task has no prompts of the profile's kind.
std::vector<CatalogueTask> TasksOfRun(const Profile& profile, const std::string& list,
                                      const std::filesystem::path& include_path = {});

}  // namespace vffn
