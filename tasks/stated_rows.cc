#include "tasks/stated_rows.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/fields.h"
#include "base/file_bytes.h"
#include "base/foreign_json.h"
#include "base/json.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

using RowsByConfig = std::map<std::string, int64_t>;

/// num_examples of a split in `info`, the JSON form of a DatasetInfo.
std::optional<int64_t> RowsIn(const Fields& info, std::string_view split) {
  const auto splits = info.OptionalObject("splits");
  const auto entry = splits ? splits->OptionalObject(split) : std::nullopt;
  return entry ? entry->Optional<int64_t>("num_examples") : std::nullopt;
}

RowsByConfig RowsInInfo(const fs::path& file, std::string_view split) {
  const Json json = ReadForeignJsonFile(file);
  const Fields info(json, file.string());
  const auto rows = RowsIn(info, split);
  return rows ? RowsByConfig{{info.Get<std::string>("config_name", ""), *rows}} : RowsByConfig();
}

RowsByConfig RowsInInfos(const fs::path& file, std::string_view split) {
  const Json json = ReadForeignJsonFile(file);
  const Fields infos(json, file.string());
  RowsByConfig by_config;
  for (const std::string& config : infos.Names()) {
    if (const auto info = infos.OptionalObject(config)) {
      if (const auto rows = RowsIn(*info, split)) {
        by_config[config] = *rows;
      }
    }
  }
  return by_config;
}

/// A line of the YAML at the top of a README as `key: value`, without the dash of a list item and quotes.
std::pair<std::string_view, std::string_view> KeyAndValue(std::string_view line) {
  const auto trim = [](std::string_view text, std::string_view ends) {
    const size_t begin = std::min(text.find_first_not_of(ends), text.size());
    return text.substr(begin, text.find_last_not_of(ends) + 1 - begin);
  };
  const size_t colon = std::min(line.find(':'), line.size());
  const std::string_view value = colon < line.size() ? line.substr(colon + 1) : "";
  return {trim(line.substr(0, colon), " -\t"), trim(value, " \t\r'\"")};
}

/// Reads the entries of `dataset_info` line by line: in each, config_name stands before the splits, and a
/// split's name before its num_examples.
RowsByConfig RowsInReadme(const fs::path& file, std::string_view split) {
  const std::string text = ReadFileBytes(file);
  RowsByConfig by_config;
  std::string config, name;
  bool inside = false;
  size_t begin = text.find('\n') + 1;
  for (size_t end = 0; text.starts_with("---") && end != std::string::npos; begin = end + 1) {
    end = text.find('\n', begin);
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    if (line.starts_with("---")) {
      break;
    }
    const auto [key, value] = KeyAndValue(line);
    if (!line.empty() && line[0] != ' ' && line[0] != '-' && line[0] != '\r') {
      inside = key == "dataset_info";
    }
    if (!inside) {
      continue;
    }
    if (key == "config_name") {
      config = value;
    } else if (key == "name") {
      name = value;
    } else if (key == "num_examples" && name == split) {
      int64_t rows = 0;
      std::from_chars(value.data(), value.data() + value.size(), rows);
      by_config[config] = rows;
    }
  }
  return by_config;
}

std::optional<int64_t> Choose(const RowsByConfig& rows, std::string_view config) {
  for (const auto& [name, count] : rows) {
    if (name == config || (config == "none" && (name.empty() || name == "default"))) {
      return count;
    }
  }
  return rows.size() == 1 ? std::optional(rows.begin()->second) : std::nullopt;
}

}  // namespace

std::optional<StatedRows> ReadStatedRows(const fs::path& folder, std::string_view config,
                                         std::string_view split) {
  using Reader = RowsByConfig (*)(const fs::path&, std::string_view);
  for (const auto& [name, read] : {std::pair<const char*, Reader>{"dataset_info.json", RowsInInfo},
                                   {"dataset_infos.json", RowsInInfos},
                                   {"README.md", RowsInReadme}}) {
    const fs::path file = folder / name;
    if (fs::is_regular_file(file)) {
      if (const auto rows = Choose(read(file, split), config)) {
        return StatedRows{*rows, file.string()};
      }
    }
  }
  return std::nullopt;
}

}  // namespace vffn
