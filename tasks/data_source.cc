#include "tasks/data_source.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "tasks/data_files.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// Data set, configuration and names of a task on the Hugging Face hub.
struct HubNames {
  std::string data_set;  ///< "ai2_arc"
  std::string hub_name;  ///< "allenai/ai2_arc"
  std::string config;    ///< "ARC-Easy"; "none" if there is one configuration only
};

HubNames NamesOf(const TaskFacts& facts) {
  const fs::path path = facts.data_set_path;
  return {.data_set = path.parent_path().filename().string(),
          .hub_name = std::string(facts.hub_name),
          .config = path.filename().string()};
}

bool IsNamedAfter(const TaskFacts& facts, std::string_view name) {
  return name == facts.name || std::ranges::find(facts.aliases, name) != facts.aliases.end();
}

std::vector<fs::path> FoldersIn(const fs::path& folder) {
  std::vector<fs::path> folders;
  if (fs::is_directory(folder)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (entry.is_directory()) {
        folders.push_back(entry.path());
      }
    }
  }
  std::ranges::sort(folders);
  return folders;
}

/// The search of one task.
class Finder {
 public:
  explicit Finder(const TaskFacts& facts)
      : facts_(facts),
        names_(NamesOf(facts)),
        split_(facts.split),
        takes_any_split_(facts.split != facts.shots_split) {}

  DataSearch Find(const fs::path& data_dir) {
    Saved(data_dir / "hf_datasets" / facts_.data_set_path / facts_.split);
    Saved(data_dir / facts_.data_set_path / facts_.split);
    NamedFiles(data_dir);
    std::vector<std::string_view> names = facts_.aliases;
    names.insert(names.begin(), facts_.name);
    for (const std::string_view name : names) {
      Repository(data_dir / name, Whose::kTasks);
    }
    HubFolders(data_dir);
    if (IsRepositoryItself(data_dir)) {
      Repository(data_dir, Whose::kDataSets);
    }
    for (const auto& [source, group] : groups_) {
      if (groups_.size() == 1) {
        CheckWhole(group);
      }
      search_.found.push_back(source);
    }
    return std::move(search_);
  }

 private:
  /// Whose data a repository's top folder has.
  enum class Whose {
    kTasks,     ///< the task's: it is named after the task
    kDataSets,  ///< those of a data set, which may have several configurations
  };

  void Saved(const fs::path& folder) {
    search_.looked_at.push_back(folder / "state.json");
    if (IsSavedToDisk(folder)) {
      Add(SavedToDisk(folder), {});
    }
  }

  /// NAME.jsonl, NAME-validation.parquet and the like.
  void NamedFiles(const fs::path& data_dir) {
    std::vector<std::string_view> names = facts_.aliases;
    names.insert(names.begin(), facts_.name);
    for (const std::string_view name : names) {
      for (const char* ending : {".jsonl", ".jsonl.gz", ".parquet"}) {
        search_.looked_at.push_back(data_dir / (std::string(name) + ending));
      }
    }
    for (const FileGroup& group : FileGroups(data_dir)) {
      const bool named = std::ranges::any_of(names, [&](std::string_view name) {
        return (takes_any_split_ && group.stem == name) ||
               (group.stem.starts_with(name) && group.stem.size() > name.size() + 1 &&
                std::string_view("-_.").find(group.stem[name.size()]) != std::string::npos &&
                SplitOf(group.stem.substr(name.size() + 1)) == split_);
      });
      if (named) {
        Add(SourceOf(group), group);
      }
    }
  }

  /// All folders that a download of the data set from the hub may have.
  void HubFolders(const fs::path& data_dir) {
    const size_t slash = names_.hub_name.find('/');
    const std::string owner = names_.hub_name.substr(0, slash), name = names_.hub_name.substr(slash + 1);
    for (const fs::path& folder : {data_dir / names_.data_set, data_dir / owner / name,
                                   data_dir / (owner + "___" + name), data_dir / (owner + "__" + name),
                                   data_dir / (owner + "--" + name), data_dir / (owner + "_" + name)}) {
      Repository(folder, Whose::kDataSets);
    }
    for (const fs::path& folder : {data_dir, data_dir / "hub"}) {
      Cache(folder / ("datasets--" + owner + "--" + name));
      Cache(folder / ("datasets--" + names_.data_set));
    }
  }

  /// A data set in the cache of huggingface_hub. If there are several snapshots, the one that refs/main names
  /// counts, and the others only if it has no data of the task (it may be the converted branch that has).
  void Cache(const fs::path& cache) {
    std::vector<fs::path> snapshots = FoldersIn(cache / "snapshots");
    search_.looked_at.push_back(cache / "snapshots");
    const fs::path main = cache / "refs" / "main";
    if (fs::is_regular_file(main)) {
      std::string hash = ReadFileBytes(main);
      hash.erase(hash.find_last_not_of(" \r\n\t") + 1);
      const auto named = std::ranges::find(snapshots, cache / "snapshots" / hash);
      if (named != snapshots.end()) {
        const size_t before = groups_.size();
        Repository(*named, Whose::kDataSets);
        if (groups_.size() > before) {
          return;
        }
      }
    }
    for (const fs::path& snapshot : snapshots) {
      Repository(snapshot, Whose::kDataSets);
    }
  }

  /// Whether `data_dir` is the data set, not a folder of data sets.
  bool IsRepositoryItself(const fs::path& data_dir) const {
    const fs::path folder = fs::absolute(data_dir / "").lexically_normal().parent_path();
    const std::string name = folder.filename().string();
    const fs::path above = folder.parent_path();
    if (above.filename() == "snapshots") {
      return above.parent_path().filename().string().ends_with("--" + names_.data_set);
    }
    const bool telling = names_.config.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != std::string::npos &&
                         names_.config != "plain_text";
    return name == names_.data_set || IsNamedAfter(facts_, name) ||
           (telling && fs::is_directory(data_dir / names_.config));
  }

  void Repository(const fs::path& root, Whose whose) {
    if (!fs::is_directory(root)) {
      search_.looked_at.push_back(root / "");
      return;
    }
    if (fs::is_directory(root / "snapshots") && root.filename().string().starts_with("datasets--")) {
      return;  // Cache chooses a snapshot
    }
    const bool single = names_.config == "none";
    const std::string config = single ? "default" : names_.config;
    // Another configuration's files may stand at the top, unless the data set has the task's name.
    const bool whole = whose == Whose::kTasks || IsNamedAfter(facts_, names_.data_set);
    std::vector<fs::path> folders = {root / config, root / "data" / config};
    if (single) {
      folders.push_back(root / names_.data_set);
    }
    if (whole) {
      folders.insert(folders.begin(), root);
    }
    for (const fs::path& folder : folders) {
      Files(folder, root);
      Files(folder / "data", root);
      Files(folder / facts_.split, root);
      for (const fs::path& version : FoldersIn(folder)) {
        for (const fs::path& hash : FoldersIn(version)) {  // the cache of `datasets`
          if (fs::is_regular_file(hash / "dataset_info.json") && !fs::is_regular_file(hash / "state.json")) {
            Files(hash, root);
          }
        }
      }
    }
  }

  /// What a folder has of the split: a saved data set, or files named after the split, or else files that are
  /// not named after any.
  void Files(const fs::path& folder, const fs::path& root) {
    if (!Visit(folder)) {
      return;
    }
    search_.looked_at.push_back(folder / "*");
    if (IsSavedToDisk(folder)) {
      Add(SavedToDisk(folder), {});
      return;
    }
    std::vector<FileGroup> of_split, unnamed;
    for (FileGroup& group : FileGroups(folder)) {
      const std::string split = SplitOf(group.stem);
      if (split == split_) {
        of_split.push_back(std::move(group));
      } else if (takes_any_split_ && split.empty() && !group.ending.starts_with(".jsonl")) {
        unnamed.push_back(std::move(group));
      }
    }
    for (const FileGroup& group : of_split.empty() ? unnamed : of_split) {
      DataSource source = SourceOf(group);
      source.stated = Stated(folder, root);
      Add(std::move(source), group);
    }
  }

  /// "dev" is the validation split, unless the data set has both.
  std::string SplitOf(std::string_view stem) const {
    return facts_.shots_split == "dev" && stem.ends_with("dev") ? "dev" : SplitOfStem(stem);
  }

  DataSource SourceOf(const FileGroup& group) const {
    const fs::path& first = group.files.front();
    return {.origin = group.files.size() == 1 ? first : first.parent_path(), .files = group.files};
  }

  /// The metadata nearest to the files, up to the top of the data set.
  std::optional<StatedRows> Stated(fs::path folder, const fs::path& root) const {
    for (;;) {
      auto stated = ReadStatedRows(folder, names_.config, split_);
      if (stated || folder == root || !folder.has_relative_path()) {
        return stated;
      }
      folder = folder.parent_path();
    }
  }

  /// False if the folder was looked at before, perhaps under another name.
  bool Visit(const fs::path& folder) { return visited_.insert(fs::weakly_canonical(folder)).second; }

  void Add(DataSource source, FileGroup group) {
    std::vector<fs::path> files;
    for (const fs::path& file : source.files) {
      files.push_back(fs::weakly_canonical(file));
    }
    if (known_.insert(std::move(files)).second) {
      groups_.emplace_back(std::move(source), std::move(group));
    }
  }

  const TaskFacts& facts_;
  const HubNames names_;
  const std::string split_;
  const bool takes_any_split_;  // a file that is named after none
  DataSearch search_;
  std::vector<std::pair<DataSource, FileGroup>> groups_;
  std::set<fs::path> visited_;
  std::set<std::vector<fs::path>> known_;  // files of the sources
};

}  // namespace

DataSearch FindDataSources(const TaskFacts& facts, const fs::path& data_dir) {
  return Finder(facts).Find(data_dir);
}

bool IsSavedToDisk(const fs::path& folder) { return fs::is_regular_file(folder / "state.json"); }

DataSource SavedToDisk(const fs::path& folder) {
  const fs::path state_path = folder / "state.json";
  const Json state = ReadJsonFile(state_path);
  const Fields fields(state, state_path.string());
  // An older save_to_disk keeps a selection as row numbers beside the full table.
  VFFN_CHECK(!fields.Has("_indices_data_files"), state_path.string(),
             ": the data set was saved with an indices mapping; save it again with a current `datasets`");
  DataSource source{folder, {}, {}};
  FileGroup group;
  for (const Json* shard : ToElements(fields.Require("_data_files"), fields.PlaceOf("_data_files"))) {
    const fs::path name = Fields(*shard, state_path.string(), "_data_files").Get<std::string>("filename");
    VFFN_CHECK(name == name.filename() && name.extension() == ".arrow", state_path.string(), ": \"",
               name.string(), "\" is not the name of an Arrow file in this folder");
    VFFN_CHECK(std::ranges::find(source.files, folder / name) == source.files.end(), state_path.string(),
               ": names ", name.string(), " twice");
    source.files.push_back(folder / name);
    if (const auto parsed = ParseDataFileName(name.string()); parsed && parsed->shards) {
      group.files.push_back(folder / name);
      group.numbers.push_back(*parsed->shard);
      group.shards = parsed->shards;
    }
  }
  VFFN_CHECK(!source.files.empty(), state_path.string(), ": names no shards");
  CheckWhole(group);
  source.stated = ReadStatedRows(folder, "none", fields.Get<std::string>("_split", "validation"));
  return source;
}

}  // namespace vffn
