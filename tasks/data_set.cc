#include "tasks/data_set.h"

#include <algorithm>
#include <deque>

#include "base/error.h"
#include "base/foreign_json.h"
#include "base/json.h"
#include "base/line_file.h"
#include "tasks/arrow_file.h"
#include "tasks/data_source.h"
#include "tasks/file_hash.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

bool IsJsonl(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".jsonl") || name.ends_with(".jsonl.gz");
}

/// "FILE: row 3", followed by the columns that were left out, if any: one of them may be missed.
std::string RowOrigin(const fs::path& file, int64_t row, const std::string& left_out) {
  return file.string() + ": row " + std::to_string(row) +
         (left_out.empty() ? "" : " (without columns of types that vffn does not read: " + left_out + ")");
}

void ReadRows(const fs::path& file, std::vector<Doc>& docs) {
  int64_t row = 0;
  const RowSink sink = [&](Json record, const std::string& left_out) {
    docs.emplace_back(std::move(record), static_cast<int64_t>(docs.size()), RowOrigin(file, row++, left_out));
  };
  if (file.extension() == ".arrow") {
    ReadArrowStream(file, sink);
  } else {
    ReadParquet(file, sink);
  }
}

void ReadLines(const fs::path& file, std::vector<Doc>& docs) {
  LineFile lines(file);
  while (const auto line = lines.NextRecord()) {
    docs.emplace_back(ParseForeignJson(*line, lines.Origin()), static_cast<int64_t>(docs.size()),
                      lines.Origin());
  }
}

/// Appends the records of a source.
void Append(const DataSource& source, std::vector<Doc>& docs, Sha256& hash) {
  const size_t before = docs.size();
  for (const fs::path& file : source.files) {
    HashFile(file, hash);
    IsJsonl(file) ? ReadLines(file, docs) : ReadRows(file, docs);
  }
  VFFN_CHECK(docs.size() > before, source.origin.string(), ": has no records");
}

DataSet Read(const DataSource& source) {
  DataSet data_set{.origin = source.origin.string()};
  Sha256 hash;
  Append(source, data_set.docs, hash);
  data_set.sha256 = hash.Hex();
  return data_set;
}

void CheckRows(int64_t rows, const DataSource& source) {
  VFFN_CHECK(
      !source.stated || source.stated->rows == rows, source.origin.string(), ": has ", rows, " records, but ",
      source.stated->file, " says ", source.stated->rows,
      ". Get the whole data set; to score a part of it on purpose, give --limit, or leave that file out");
}

std::string Listing(const std::vector<fs::path>& paths) {
  std::string listing;
  for (const fs::path& path : paths) {
    listing += "\n  " + path.string();
  }
  return listing;
}

/// The only source of the data set that `facts` name.
DataSource FindTheSource(const TaskFacts& facts, const fs::path& data_dir, std::string_view task) {
  const DataSearch search = FindDataSources(facts, data_dir);
  VFFN_CHECK(!search.found.empty(), "no data for task ", task, " (split ", facts.split, ") in ",
             data_dir.string(), "; looked at", Listing(search.looked_at));
  std::vector<fs::path> origins;
  for (const DataSource& source : search.found) {
    origins.push_back(source.origin);
    if (source.files.size() > 1) {
      origins.back() /= source.files.front().filename().string() + ", ...";
    }
  }
  VFFN_CHECK(search.found.size() == 1, "more than one source of data for task ", task, "; leave one of",
             Listing(origins));
  return search.found.front();
}

/// The facts of each data set that a task consists of.
std::vector<TaskFacts> DataSetsOf(const TaskFacts& facts, std::deque<std::string>& paths) {
  if (facts.configs.empty()) {
    return {facts};
  }
  std::vector<TaskFacts> sets;
  for (const std::string_view config : facts.configs) {
    TaskFacts& set = sets.emplace_back(facts);
    set.name = config;
    set.aliases.clear();
    set.data_set_path = paths.emplace_back(std::string(facts.data_set_path) + "/" + std::string(config));
  }
  return sets;
}

/// The records of every data set of a task, one after the other, and where the last one was found.
fs::path AppendAll(const TaskFacts& facts, const fs::path& data_dir, Completeness completeness,
                   std::vector<Doc>& docs, Sha256& hash) {
  std::deque<std::string> paths;  // facts are views of them
  fs::path origin;
  for (const TaskFacts& set : DataSetsOf(facts, paths)) {
    const DataSource source = FindTheSource(set, data_dir, facts.name);
    const size_t before = docs.size();
    Append(source, docs, hash);
    if (completeness == Completeness::kWhole) {
      CheckRows(static_cast<int64_t>(docs.size() - before), source);
    }
    origin = source.origin;
  }
  return origin;
}

}  // namespace

DataSet OpenDataSet(const TaskFacts& facts, const fs::path& data_dir, Completeness completeness) {
  VFFN_CHECK(fs::is_directory(data_dir), data_dir.string(), ": is not a folder with data sets (for task ",
             facts.name, ")");
  DataSet data_set;
  Sha256 hash;
  const fs::path origin = AppendAll(facts, data_dir, completeness, data_set.docs, hash);
  data_set.origin = (facts.configs.empty() ? origin : data_dir).string();
  if (facts.shots > 0) {
    TaskFacts solved = facts;
    solved.split = facts.shots_split;
    AppendAll(solved, data_dir, Completeness::kWhole, data_set.solved, hash);
  }
  data_set.sha256 = hash.Hex();
  return data_set;
}

bool HasDataSet(const TaskFacts& facts, const fs::path& data_dir) {
  std::deque<std::string> paths;
  return std::ranges::all_of(DataSetsOf(facts, paths), [&](const TaskFacts& set) {
    return !FindDataSources(set, data_dir).found.empty();
  });
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
  return Read({path, {path}, {}});
}

DataSet ReadJsonLines(const fs::path& path) {
  DataSet data_set{.origin = path.string()};
  Sha256 hash;
  HashFile(path, hash);
  ReadLines(path, data_set.docs);
  data_set.sha256 = hash.Hex();
  return data_set;
}

}  // namespace vffn
