#include "runs/tasks/profile_tasks.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "eval/task_forms.h"
#include "runs/tasks/task_list.h"

namespace vffn {
namespace {

/// "social_iqa" and "socialiqa" are the same.
std::string WithoutUnderscores(std::string name) {
  std::erase(name, '_');
  return name;
}

bool IsCalled(const CatalogueTask& task, const std::string& name) {
  const auto same = [&](const std::string& other) {
    return WithoutUnderscores(other) == WithoutUnderscores(name);
  };
  return same(task.name) || std::ranges::any_of(task.aliases, same);
}

/// Groups of the five-shot files, by folder: its name, the names of its benchmark, and the groups of that.
std::map<std::string, std::set<std::string>> GroupsOfFolders(const std::vector<CatalogueTask>& catalogue) {
  std::map<std::string, std::set<std::string>> folders;
  for (const CatalogueTask& task : catalogue) {
    if (const auto form = FormOf(task.name)) {
      folders[form->task].insert(form->task);
    }
  }
  for (auto& [folder, groups] : folders) {
    const auto benchmark = std::ranges::find_if(catalogue, [&](const CatalogueTask& task) {
      return task.kind == TaskKind::kBenchmark && IsCalled(task, folder);
    });
    if (benchmark != catalogue.end()) {
      groups.insert(benchmark->name);
      groups.insert(benchmark->aliases.begin(), benchmark->aliases.end());
      groups.insert(benchmark->groups.begin(), benchmark->groups.end());
    }
  }
  return folders;
}

std::vector<CatalogueTask> OlmesCatalogue() {
  std::vector<CatalogueTask> catalogue = BuiltInTasks();
  const auto folders = GroupsOfFolders(catalogue);
  const auto is_folder = [&](const std::string& name) { return folders.contains(name); };
  std::erase_if(catalogue, [&](const CatalogueTask& task) {
    return task.kind == TaskKind::kBenchmark &&
           std::ranges::any_of(folders, [&](const auto& folder) { return IsCalled(task, folder.first); });
  });
  for (CatalogueTask& task : catalogue) {
    std::erase_if(task.aliases, is_folder);
    if (const auto form = FormOf(task.name)) {
      const std::set<std::string>& groups = folders.at(form->task);
      task.groups.insert(task.groups.end(), groups.begin(), groups.end());
    }
  }
  return catalogue;
}

}  // namespace

std::vector<CatalogueTask> CatalogueOf(const Profile& profile) {
  return profile.rendering == Rendering::kOlmes ? OlmesCatalogue() : BuiltInTasks();
}

std::vector<CatalogueTask> TasksOfRun(const Profile& profile, const std::string& list,
                                      const std::filesystem::path& include_path) {
  std::vector<CatalogueTask> catalogue = CatalogueOf(profile);
  if (!include_path.empty()) {
    catalogue = WithTaskFiles(std::move(catalogue), include_path);
  }
  std::vector<CatalogueTask> tasks = SelectTasks(catalogue, list);
  for (const CatalogueTask& task : tasks) {
    VFFN_CHECK(task.kind != TaskKind::kTaskFile || profile.rendering == Rendering::kLmEval, "task ",
               task.name, " (", task.place, ") comes from a task file of lm-evaluation-harness, and profile ",
               profile.name, " tokenises otherwise; give --profile lm-eval");
    VFFN_CHECK(profile.rendering != Rendering::kOlmes || task.kind == TaskKind::kRequestFile, "task ",
               task.name, ": profile ", profile.name,
               " scores request files with five solved examples, and there is none of this task; 'vffn tasks "
               "--all' lists the files (NAME/rc_5shot, NAME/mc_5shot)");
  }
  return tasks;
}

}  // namespace vffn
