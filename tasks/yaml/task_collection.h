// The task files of a folder, by the names that they give.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vffn {

struct YamlEntry {
  std::string name;
  std::filesystem::path file;
  std::vector<std::string> groups;  ///< its tags, and the groups that list it, its tags or their groups
};

struct YamlCollection {
  std::vector<YamlEntry> tasks;       ///< by the path of the file
  std::vector<std::string> problems;  ///< files that were left out, and why
};

/// The tasks in all files *.yaml of a folder and those below it. A file with `task` is a task; a file with
/// `group` and a list `task` of names is a group. Of two tasks with one name, the first counts, as in
/// lm-evaluation-harness. Throws Error if the folder does not exist.
YamlCollection FindYamlTasks(const std::filesystem::path& folder);

/// The tasks of one file: itself, or those of its folder that a group lists. Throws Error, naming the file,
/// if it is damaged, is no task and no group, or a group lists a name that no file in its folder has.
std::vector<YamlEntry> YamlTasksOf(const std::filesystem::path& file);

}  // namespace vffn
