#include "tasks/yaml/task_collection.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "tasks/yaml/task_file.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// What a file is, without the checks of a task.
struct FileHead {
  std::string task, group;
  std::vector<std::string> names;  ///< tags of a task, members of a group
  int line = 1;
};

std::vector<std::string> NamesIn(const YamlValue* value) {
  if (value == nullptr || value->is(YamlValue::Kind::kNull)) {
    return {};
  }
  std::vector<std::string> names;
  for (const YamlValue& name : value->is(YamlValue::Kind::kList) ? value->list : std::vector{*value}) {
    VFFN_CHECK(name.is(YamlValue::Kind::kText), name.Place(), ": a name is ", YamlTypeName(name),
               "; only names of tasks, groups and tags are supported here");
    names.push_back(name.text);
  }
  return names;
}

FileHead ReadHead(const fs::path& file) {
  std::string texts;
  const YamlValue yaml = ReadWithIncludes(file, texts);
  const YamlValue* group = yaml.Find("group");
  const YamlValue* task = yaml.Find("task");
  VFFN_CHECK(task != nullptr, yaml.Place(), ": there is no task and no group in the file");
  if (group != nullptr && group->is(YamlValue::Kind::kText)) {
    return {.group = group->text, .names = NamesIn(task), .line = task->line};
  }
  VFFN_CHECK(task->is(YamlValue::Kind::kText), task->Place(), ": task is ", YamlTypeName(*task),
             ", should be the name of the task");
  return {.task = task->text, .names = NamesIn(yaml.Find("tag"))};
}

std::vector<fs::path> YamlFilesIn(const fs::path& folder) {
  VFFN_CHECK(fs::is_directory(folder), folder.string(), ": there is no such folder with task files");
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".yaml") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

using Groups = std::map<std::string, std::vector<std::string>>;

/// The names that a group stands for, groups in it included, each once.
void Collect(const Groups& groups, const std::string& name, std::set<std::string>& names) {
  if (!names.insert(name).second) {
    return;
  }
  if (const auto group = groups.find(name); group != groups.end()) {
    for (const std::string& member : group->second) {
      Collect(groups, member, names);
    }
  }
}

void AddGroups(const Groups& groups, std::vector<YamlEntry>& tasks) {
  for (const auto& [group, members] : groups) {
    std::set<std::string> names;
    Collect(groups, group, names);
    for (YamlEntry& task : tasks) {
      const bool listed = names.contains(task.name) || std::ranges::any_of(task.groups, [&](const auto& tag) {
                            return tag != group && names.contains(tag);
                          });
      if (listed && std::ranges::find(task.groups, group) == task.groups.end()) {
        task.groups.push_back(group);
      }
    }
  }
}

}  // namespace

YamlCollection FindYamlTasks(const fs::path& folder) {
  YamlCollection collection;
  Groups groups;
  std::set<std::string> names;
  for (const fs::path& file : YamlFilesIn(folder)) {
    try {
      FileHead head = ReadHead(file);
      if (!head.group.empty()) {
        groups.emplace(head.group, std::move(head.names));
      } else if (names.insert(head.task).second) {
        collection.tasks.push_back({head.task, file, std::move(head.names)});
      } else {
        collection.problems.push_back(file.string() + ": another file has a task " + head.task);
      }
    } catch (const Error& error) {
      collection.problems.emplace_back(error.what());
    }
  }
  AddGroups(groups, collection.tasks);
  return collection;
}

std::vector<YamlEntry> YamlTasksOf(const fs::path& file) {
  const FileHead head = ReadHead(file);
  if (head.group.empty()) {
    return {{head.task, file, head.names}};
  }
  const fs::path folder = file.parent_path().empty() ? fs::path(".") : file.parent_path();
  const std::vector<YamlEntry> all = FindYamlTasks(folder).tasks;
  for (const std::string& name : head.names) {
    const bool known = std::ranges::any_of(all, [&](const YamlEntry& task) {
      return task.name == name || std::ranges::find(task.groups, name) != task.groups.end();
    });
    VFFN_CHECK(known, file.string(), ": line ", head.line, ": no file in ", folder.string(),
               " has a task, group or tag ", name);
  }
  std::vector<YamlEntry> members;
  std::ranges::copy_if(all, std::back_inserter(members), [&](const YamlEntry& task) {
    return std::ranges::find(task.groups, head.group) != task.groups.end();
  });
  return members;
}

}  // namespace vffn
