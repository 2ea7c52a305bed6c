// The data files in a folder, grouped into the sources that they belong to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// What the name of a data file says. Known endings: .parquet, .arrow, .jsonl, .jsonl.gz.
struct DataFileName {
  std::string stem;              ///< without ending and shard numbers: "validation"; empty for "0000.parquet"
  std::string ending;            ///< ".parquet"
  std::optional<int64_t> shard;  ///< 0 of "validation-00000-of-00002.parquet" and of "0000.parquet"
  std::optional<int64_t> shards;  ///< 2 of the first; "0000.parquet" does not say
};

/// Nothing if the file has another ending, or is a cache file of `datasets` (cache-*.arrow).
std::optional<DataFileName> ParseDataFileName(std::string_view name);

/// The split that a word of the stem stands for, as the hub reads names: "validation" for "valid", "val" and
/// "dev", also in "piqa-validation"; "train", "test". Empty if no word does.
std::string SplitOfStem(std::string_view stem);

/// Files that make one data set: a single file, or all shards of one name and number.
struct FileGroup {
  std::string stem, ending;
  std::optional<int64_t> shards;
  std::vector<std::filesystem::path> files;  ///< by shard
  std::vector<int64_t> numbers;              ///< the shard number of each file; empty for a single file
};

/// The groups of a folder, by name; none if it does not exist.
std::vector<FileGroup> FileGroups(const std::filesystem::path& folder);

/// Throws Error, naming the shards, unless every shard from 0 to the last is there once. Shards that do not
/// say their number must begin at 0 without a gap.
void CheckWhole(const FileGroup& group);

}  // namespace vffn
