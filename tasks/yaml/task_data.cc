#include "tasks/yaml/task_data.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/foreign_json.h"
#include "base/json.h"
#include "base/sha256.h"
#include "tasks/data_source.h"
#include "tasks/file_hash.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

std::string Origin(const YamlTask& task) { return task.file.string() + ": task " + task.name; }

/// A file with one JSON array of records; nothing if it is not one.
std::optional<std::vector<Doc>> ReadJsonArray(const fs::path& path) {
  const std::string text = ReadFileBytes(path);
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] != '[') {
    return std::nullopt;
  }
  std::vector<Doc> docs;
  for (Json& record : ParseForeignJson(text, path.string())) {
    docs.emplace_back(std::move(record), static_cast<int64_t>(docs.size()),
                      path.string() + ": record " + std::to_string(docs.size()));
  }
  return docs;
}

DataSet ReadDataFile(const fs::path& path) {
  if (path.extension() == ".json") {
    if (auto docs = ReadJsonArray(path)) {
      Sha256 hash;
      HashFile(path, hash);
      return {.docs = *std::move(docs), .origin = path.string(), .sha256 = hash.Hex()};
    }
    return ReadJsonLines(path);
  }
  return ReadDataSet(path);
}

DataSet ReadListedFiles(const YamlTask& task, const std::string& split) {
  const auto files = task.data.files.find(split);
  std::string splits;
  for (const auto& [name, unused] : task.data.files) {
    splits.append(splits.empty() ? "" : ", ").append(name);
  }
  VFFN_CHECK(files != task.data.files.end(), Origin(task), ": dataset_kwargs.data_files has no split ", split,
             ", only ", splits);
  DataSet all;
  Sha256 hash;
  for (const std::string& name : files->second) {
    const fs::path path = task.data.base / name;
    VFFN_CHECK(fs::is_regular_file(path), Origin(task), ": data_files: there is no file ", path.string(),
               "; relative names are below the folder of the task file");
    DataSet part = ReadDataFile(path);
    for (const Doc& doc : part.docs) {
      all.docs.emplace_back(doc.fields(), static_cast<int64_t>(all.docs.size()), doc.origin());
    }
    hash.Update(part.sha256);
    all.origin.append(all.origin.empty() ? "" : ", ").append(part.origin);
  }
  VFFN_CHECK(!all.docs.empty(), Origin(task), ": data_files of the split ", split, " have no records");
  all.sha256 = hash.Hex();
  return all;
}

/// Searches a folder for a data set of the hub.
class HubSearch {
 public:
  HubSearch(const YamlTask& task, const std::string& split, SplitUse use)
      : task_(task), split_(split), shots_split_(ShotsSplit(task, split, use)) {}

  /// Calls `found` with the facts of the first data set that is there; false if none is.
  template <class Found>
  bool Search(const fs::path& folder, const std::string& hub_name, const Found& found) {
    if (!fs::is_directory(folder)) {
      looked_at_.push_back(folder / "");
      return false;
    }
    const std::string data_set = fs::path(hub_name).filename().string();
    std::vector<std::string> configs = {task_.data.config};
    std::vector<std::string_view> aliases;
    if (task_.data.config.empty()) {
      configs = {"none", "default", "plain_text"};
      aliases = {data_set};  // its top folder has the only configuration
    }
    for (const std::string& config : configs) {
      for (const std::string& path : {data_set + "/" + config, hub_name + "/" + config}) {
        const TaskFacts facts{.name = task_.name,
                              .aliases = aliases,
                              .data_set_path = path,
                              .hub_name = hub_name,
                              .split = split_,
                              .shots_split = shots_split_};
        const DataSearch search = FindDataSources(facts, folder);
        if (!search.found.empty()) {
          found(facts);
          return true;
        }
        for (const fs::path& place : search.looked_at) {
          if (std::ranges::find(looked_at_, place) == looked_at_.end()) {
            looked_at_.push_back(place);
          }
        }
      }
    }
    return false;
  }

  [[noreturn]] void Refuse() const {
    std::string places;
    for (const fs::path& place : looked_at_) {
      places += "\n  " + place.string();
    }
    const YamlData& data = task_.data;
    Fail(Origin(task_), ": no data of ", data.path, data.config.empty() ? "" : ", configuration ",
         data.config, ", split ", split_, "; looked at", places);
  }

 private:
  /// What tells FindDataSources whether "dev" is a split of its own, and whether files that name no split
  /// are the split's.
  static std::string ShotsSplit(const YamlTask& task, const std::string& split, SplitUse use) {
    return use == SplitUse::kSolved ? split : split != "dev" && task.shots_split == "dev" ? "dev" : "";
  }

  const YamlTask& task_;
  const std::string split_, shots_split_;
  std::vector<fs::path> looked_at_;
};

/// A folder of data sets, and the name of the one to find in it.
struct HubPlace {
  fs::path folder;
  std::string name;
};

HubPlace PlaceOf(const YamlTask& task, const fs::path& data_dir) {
  const std::string named = task.data.folder.empty() ? task.data.path : task.data.folder;
  const fs::path local = (task.data.base / named).lexically_normal();
  if (fs::is_directory(local)) {
    return {local, (local / "").parent_path().filename().string()};
  }
  VFFN_CHECK(task.data.folder.empty(), Origin(task), ": dataset_kwargs.data_dir: there is no folder ",
             local.string());
  constexpr std::array<std::string_view, 6> kLoaders = {"json", "csv", "text", "parquet", "arrow", "pandas"};
  VFFN_CHECK(std::ranges::find(kLoaders, task.data.path) == kLoaders.end(), Origin(task),
             ": dataset_path is ", task.data.path, ", but dataset_kwargs has no data_files");
  return {data_dir, task.data.path};
}

}  // namespace

DataSet OpenYamlSplit(const YamlTask& task, const std::string& split, const fs::path& data_dir, SplitUse use,
                      Completeness completeness) {
  VFFN_CHECK(split.find_first_of("[+/\\") == std::string::npos && split != "..", Origin(task),
             ": the split \"", split,
             "\" is not a name; parts of splits are not supported (--limit scores the first docs)");
  if (!task.data.files.empty()) {
    return ReadListedFiles(task, split);
  }
  const HubPlace place = PlaceOf(task, data_dir);
  HubSearch search(task, split, use);
  DataSet data;
  const auto open = [&](const TaskFacts& facts) { data = OpenDataSet(facts, place.folder, completeness); };
  if (!search.Search(place.folder, place.name, open)) {
    search.Refuse();
  }
  return data;
}

bool HasYamlData(const YamlTask& task, const fs::path& data_dir) {
  if (!task.data.files.empty()) {
    const auto files = task.data.files.find(task.split);
    return files != task.data.files.end() && std::ranges::all_of(files->second, [&](const std::string& name) {
             return fs::is_regular_file(task.data.base / name);
           });
  }
  const HubPlace place = PlaceOf(task, data_dir);
  return HubSearch(task, task.split, SplitUse::kScored)
      .Search(place.folder, place.name, [](const TaskFacts&) {});
}

std::set<std::string> ColumnsOf(const std::vector<Doc>& docs) {
  std::set<std::string> columns;
  for (const Doc& doc : docs) {
    for (const auto& [name, value] : doc.fields().items()) {
      columns.insert(name);
    }
  }
  return columns;
}

}  // namespace vffn
