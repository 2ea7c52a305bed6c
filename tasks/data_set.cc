#include "tasks/data_set.h"

#include <algorithm>
#include <array>

#include "base/fields.h"
#include "base/line_file.h"
#include "tasks/arrow_file.h"
#include "tasks/file_hash.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// Where the records are: `files` in order, all of one kind.
struct Source {
  fs::path origin;
  std::vector<fs::path> files;
};

bool IsSavedToDisk(const fs::path& folder) { return fs::is_regular_file(folder / "state.json"); }

bool IsJsonl(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".jsonl") || name.ends_with(".jsonl.gz");
}

/// The shards of a save_to_disk folder, as its state.json names them.
Source SavedToDisk(const fs::path& folder) {
  const fs::path state_path = folder / "state.json";
  const Json state = ReadJsonFile(state_path);
  const Fields fields(state, state_path.string());
  // An older save_to_disk keeps a selection as row numbers beside the full table.
  VFFN_CHECK(!fields.Has("_indices_data_files"), state_path.string(),
             ": the data set was saved with an indices mapping; save it again with a current `datasets`");
  Source source{folder, {}};
  for (const Json* shard : ToElements(fields.Require("_data_files"), fields.PlaceOf("_data_files"))) {
    const fs::path name = Fields(*shard, state_path.string(), "_data_files").Get<std::string>("filename");
    VFFN_CHECK(name == name.filename() && name.extension() == ".arrow", state_path.string(), ": \"",
               name.string(), "\" is not the name of an Arrow file in this folder");
    source.files.push_back(folder / name);
  }
  VFFN_CHECK(!source.files.empty(), state_path.string(), ": names no shards");
  return source;
}

/// True if a file `name` holds `split`: "validation.parquet", "validation-00000-of-00001.parquet".
bool IsOfSplit(std::string_view name, std::string_view split) {
  return name.starts_with(split) && (name[split.size()] == '-' || name[split.size()] == '.');
}

/// The Parquet files in `folder` that hold `split`; see OpenDataSet.
std::vector<fs::path> ParquetFiles(const fs::path& folder, std::string_view split) {
  std::vector<fs::path> of_split, unnamed;
  if (!fs::is_directory(folder)) {
    return {};
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".parquet")) {
      continue;
    }
    constexpr std::array<std::string_view, 4> kSplits = {"train", "validation", "test", "dev"};
    if (IsOfSplit(name, split)) {
      of_split.push_back(entry.path());
    } else if (std::none_of(kSplits.begin(), kSplits.end(),
                            [&](auto other) { return IsOfSplit(name, other); })) {
      unnamed.push_back(entry.path());
    }
  }
  std::vector<fs::path>& files = of_split.empty() ? unnamed : of_split;
  std::sort(files.begin(), files.end());
  return files;
}

/// Everything there is of one task below a folder, and every place looked at.
struct Search {
  std::vector<Source> found;
  std::vector<fs::path> looked_at;

  void Folder(const fs::path& folder) {
    looked_at.push_back(folder / "state.json");
    if (IsSavedToDisk(folder)) {
      found.push_back(SavedToDisk(folder));
    }
  }

  void File(const fs::path& file) {
    looked_at.push_back(file);
    if (fs::is_regular_file(file)) {
      found.push_back({file, {file}});
    }
  }

  void Parquet(const fs::path& folder, std::string_view split) {
    looked_at.push_back(folder / "*.parquet");
    if (std::vector<fs::path> files = ParquetFiles(folder, split); !files.empty()) {
      found.push_back({folder, std::move(files)});
    }
  }
};

Search Look(const TaskFacts& facts, const fs::path& data_dir) {
  Search search;
  search.Folder(data_dir / "hf_datasets" / facts.data_set_path / facts.split);
  search.Folder(data_dir / facts.data_set_path / facts.split);
  std::vector<std::string_view> names = facts.aliases;
  names.insert(names.begin(), facts.name);
  for (const std::string_view name : names) {
    for (const char* extension : {".jsonl", ".jsonl.gz", ".parquet"}) {
      search.File(data_dir / (std::string(name) + extension));
    }
    const fs::path folder = data_dir / name;
    search.Folder(folder);
    search.Folder(folder / facts.split);
    search.File(folder / (std::string(facts.split) + ".jsonl"));
    search.File(folder / (std::string(facts.split) + ".jsonl.gz"));
    search.Parquet(folder, facts.split);
    search.Parquet(folder / "data", facts.split);
  }
  return search;
}

void ReadRows(const fs::path& file, std::vector<Doc>& docs) {
  int64_t row = 0;
  const RowSink sink = [&](Json record) {
    docs.emplace_back(std::move(record), static_cast<int64_t>(docs.size()),
                      file.string() + ": row " + std::to_string(row++));
  };
  if (file.extension() == ".arrow") {
    ReadArrowStream(file, sink);
  } else {
    ReadParquet(file, sink);
  }
}

void ReadLines(const fs::path& file, std::vector<Doc>& docs) {
  LineFile lines(file);
  while (const auto line = lines.Next()) {
    docs.emplace_back(ParseJson(*line, lines.Origin()), static_cast<int64_t>(docs.size()), lines.Origin());
  }
}

DataSet Read(const Source& source) {
  DataSet data_set{.origin = source.origin.string()};
  Sha256 hash;
  for (const fs::path& file : source.files) {
    HashFile(file, hash);
    IsJsonl(file) ? ReadLines(file, data_set.docs) : ReadRows(file, data_set.docs);
  }
  VFFN_CHECK(!data_set.docs.empty(), data_set.origin, ": has no records");
  data_set.sha256 = hash.Hex();
  return data_set;
}

std::string Listing(const std::vector<fs::path>& paths) {
  std::string listing;
  for (const fs::path& path : paths) {
    listing += "\n  " + path.string();
  }
  return listing;
}

}  // namespace

DataSet OpenDataSet(const TaskFacts& facts, const fs::path& data_dir) {
  VFFN_CHECK(fs::is_directory(data_dir), data_dir.string(), ": is not a folder with data sets (for task ",
             facts.name, ")");
  const Search search = Look(facts, data_dir);
  VFFN_CHECK(!search.found.empty(), "no data for task ", facts.name, " (split ", facts.split, ") in ",
             data_dir.string(), "; looked at", Listing(search.looked_at));
  std::vector<fs::path> origins;
  for (const Source& source : search.found) {
    origins.push_back(source.origin);
  }
  VFFN_CHECK(search.found.size() == 1, "more than one source of data for task ", facts.name, "; leave one of",
             Listing(origins));
  return Read(search.found.front());
}

DataSet ReadDataSet(const fs::path& path) {
  if (fs::is_directory(path)) {
    VFFN_CHECK(IsSavedToDisk(path), path.string(),
               ": is a folder without a state.json: not a saved data set");
    return Read(SavedToDisk(path));
  }
  VFFN_CHECK(IsJsonl(path) || path.extension() == ".parquet", path.string(),
             ": is neither a folder saved by `datasets` nor named *.jsonl, *.jsonl.gz or *.parquet");
  VFFN_CHECK(fs::is_regular_file(path), path.string(), ": there is no such file");
  return Read({path, {path}});
}

}  // namespace vffn
