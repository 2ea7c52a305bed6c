// Numbers of rows that the metadata beside a data set state.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace vffn {

struct StatedRows {
  int64_t rows = 0;
  std::string file;  ///< that says so
};

/// The rows of `split`, as the first of these files in `folder` states them that does:
///   dataset_info.json     of `datasets`: splits.SPLIT.num_examples
///   dataset_infos.json    of older data sets on the hub: CONFIG.splits.SPLIT.num_examples
///   README.md             of the hub: dataset_info, splits, num_examples in the YAML at the top
/// An entry of another configuration than `config` does not count, unless it is the only one in its file.
/// `config` is "none" for a data set without configurations, whose entry is named "default" or has no name.
/// Throws Error if one of the JSON files is not JSON.
std::optional<StatedRows> ReadStatedRows(const std::filesystem::path& folder, std::string_view config,
                                         std::string_view split);

}  // namespace vffn
