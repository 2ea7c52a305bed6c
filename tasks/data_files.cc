#include "tasks/data_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include "base/error.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kEndings = {".parquet", ".arrow", ".jsonl.gz", ".jsonl"};
constexpr std::string_view kDecimals = "0123456789";

bool IsNumber(std::string_view text) {
  constexpr size_t kMostDigits = 12;
  return !text.empty() && text.size() <= kMostDigits &&
         text.find_first_not_of(kDecimals) == std::string_view::npos;
}

int64_t NumberOf(std::string_view digits) {
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

/// Cuts the part after the last '-' off.
std::string_view CutLastPart(std::string_view& stem) {
  const size_t dash = stem.rfind('-');
  const std::string_view part = stem.substr(dash == std::string_view::npos ? 0 : dash + 1);
  stem = stem.substr(0, dash == std::string_view::npos ? 0 : dash);
  return part;
}

/// Splits "validation-00000-of-00002", and "validation-00000-of-00002-4f7d3a9c0e1b2d5f" of older uploads.
void SplitShard(DataFileName& name) {
  constexpr size_t kShortestHash = 8, kConvertedDigits = 4;
  std::string_view stem = name.stem;
  if (IsNumber(stem) && stem.size() >= kConvertedDigits) {
    name.shard = NumberOf(stem);
    name.stem.clear();
    return;
  }
  for (const bool has_hash : {false, true}) {
    std::string_view rest = stem;
    if (has_hash) {
      const std::string_view hash = CutLastPart(rest);
      if (hash.size() < kShortestHash ||
          hash.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
        return;
      }
    }
    const std::string_view count = CutLastPart(rest), of = CutLastPart(rest), index = CutLastPart(rest);
    if (IsNumber(count) && of == "of" && IsNumber(index)) {
      name.shard = NumberOf(index);
      name.shards = NumberOf(count);
      name.stem = std::string(rest);
      return;
    }
  }
}

std::string Numbers(const std::set<int64_t>& numbers) {
  constexpr size_t kMost = 10;
  std::string text;
  size_t shown = 0;
  for (const int64_t number : numbers) {
    if (++shown > kMost) {
      return text + " ...";
    }
    text.append(text.empty() ? "" : ", ").append(std::to_string(number));
  }
  return text;
}

}  // namespace

std::optional<DataFileName> ParseDataFileName(std::string_view name) {
  const auto ending = std::ranges::find_if(kEndings, [&](auto known) { return name.ends_with(known); });
  if (ending == kEndings.end() || (name.starts_with("cache-") && *ending == ".arrow")) {
    return std::nullopt;
  }
  DataFileName parsed{.stem = std::string(name.substr(0, name.size() - ending->size())),
                      .ending = std::string(*ending)};
  SplitShard(parsed);
  return parsed;
}

std::string SplitOfStem(std::string_view stem) {
  static const std::map<std::string_view, std::string> splits = {
      {"train", "train"},      {"training", "train"}, {"validation", "validation"},
      {"valid", "validation"}, {"val", "validation"}, {"dev", "validation"},
      {"test", "test"},        {"testing", "test"},   {"eval", "test"},
      {"evaluation", "test"}};
  for (size_t begin = 0; begin < stem.size();) {
    const size_t end = std::min(stem.find_first_of("-_. 0123456789", begin), stem.size());
    if (const auto found = splits.find(stem.substr(begin, end - begin)); found != splits.end()) {
      return found->second;
    }
    begin = end + 1;
  }
  return "";
}

std::vector<FileGroup> FileGroups(const fs::path& folder) {
  using Key = std::tuple<std::string, std::string, std::optional<int64_t>, bool>;
  std::map<Key, std::vector<std::pair<int64_t, fs::path>>> found;
  if (!fs::is_directory(folder)) {
    return {};
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const auto name = ParseDataFileName(entry.path().filename().string());
    if (name && entry.is_regular_file()) {
      found[{name->stem, name->ending, name->shards, name->shard.has_value()}].emplace_back(
          name->shard.value_or(0), entry.path());
    }
  }
  std::vector<FileGroup> groups;
  for (auto& [key, files] : found) {
    std::ranges::sort(files);
    FileGroup group{.stem = std::get<0>(key), .ending = std::get<1>(key), .shards = std::get<2>(key)};
    for (auto& [number, path] : files) {
      group.files.push_back(path);
      if (std::get<3>(key)) {
        group.numbers.push_back(number);
      }
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

void CheckWhole(const FileGroup& group) {
  if (group.numbers.empty()) {
    return;
  }
  const std::string folder = group.files.front().parent_path().string();
  const int64_t count = group.shards.value_or(group.numbers.back() + 1);
  constexpr int64_t kMostShards = 100000;
  VFFN_CHECK(count <= kMostShards, group.files.front().string(), ": the name says ", count, " shards");
  std::set<int64_t> missing, seen;
  for (int64_t i = 0; i < count; ++i) {
    missing.insert(missing.end(), i);
  }
  for (size_t i = 0; i < group.numbers.size(); ++i) {
    const int64_t number = group.numbers[i];
    VFFN_CHECK(number < count, group.files[i].string(), ": is shard ", number, " of ", count,
               "; they are numbered from 0");
    VFFN_CHECK(seen.insert(number).second, folder, ": shard ", number, " of ", count, " is there twice (",
               group.files[i - 1].filename().string(), ", ", group.files[i].filename().string(),
               "); leave one of them");
    missing.erase(number);
  }
  VFFN_CHECK(missing.empty(), folder, ": the data set is not whole: of ", count, " shards (",
             group.files.front().filename().string(), ", ...) these are missing: ", Numbers(missing));
}

}  // namespace vffn
