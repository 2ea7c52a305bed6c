#include "runs/parts/part_problems.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "base/error.h"

namespace vffn {
namespace {

/// "3, 7-9" of 3, 7, 8, 9.
std::string Ranges(const std::vector<int>& numbers) {
  std::ostringstream text;
  for (size_t i = 0; i < numbers.size();) {
    size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) {
      ++last;
    }
    text << (i == 0 ? "" : ", ") << numbers[i];
    if (last > i) {
      text << (last == i + 1 ? ", " : "-") << numbers[last];
    }
    i = last + 1;
  }
  return text.str();
}

}  // namespace

void PartProblems::AddUnfinished(const RunPart& part, const std::string& problem) {
  Add(part.folder.path().string() + ": " + problem + "; run rank " + std::to_string(part.shard.rank) +
      " again (--shard " + ToString(part.shard) + " --resume)");
}

void PartProblems::AddDamaged(const RunPart& part, const std::string& problem) {
  Add(part.folder.path().string() + ": " + problem + "; remove this folder and run rank " +
      std::to_string(part.shard.rank) + " again (--shard " + ToString(part.shard) + ")");
}

void PartProblems::Check() const {
  constexpr size_t kShown = 20;
  std::string text;
  for (size_t i = 0; i < std::min(kShown, problems_.size()); ++i) {
    text += "\n  " + problems_[i];
  }
  if (problems_.size() > kShown) {
    text += "\n  and " + std::to_string(problems_.size() - kShown) + " more";
  }
  VFFN_CHECK(problems_.empty(), "the parts cannot be joined:", text);
}

std::vector<RunPart> CollectParts(const MergeOptions& options, const std::string& file,
                                  PartProblems& problems) {
  std::map<Shard, RunPart, decltype([](const Shard& a, const Shard& b) {
             return std::pair(a.count, a.rank) < std::pair(b.count, b.rank);
           })>
      parts;
  for (const std::filesystem::path& folder : options.folders) {
    for (const RunPart& part : PartsIn(folder)) {
      if (!std::filesystem::exists(part.folder.path() / file)) {
        continue;
      }
      const auto [known, added] = parts.emplace(part.shard, part);
      if (!added) {
        problems.Add("rank " + std::to_string(part.shard.rank) + " of " + std::to_string(part.shard.count) +
                     " is in two places: " + known->second.folder.path().string() + " and " +
                     part.folder.path().string() + "; give only one of them");
      }
    }
  }
  VFFN_CHECK(!parts.empty(), "no part has a file ", file);
  const Shard first = parts.begin()->first, last = parts.rbegin()->first;
  if (first.count != last.count) {
    problems.Add("there are parts of a run that " + std::to_string(first.count) + " ranks share (" +
                 parts.begin()->second.folder.path().string() + ") and of one that " +
                 std::to_string(last.count) + " ranks share (" +
                 parts.rbegin()->second.folder.path().string() + "); remove those of one run");
  }
  std::vector<int> missing;
  for (int rank = 0; rank < last.count; ++rank) {
    if (!parts.contains({.rank = rank, .count = last.count})) {
      missing.push_back(rank);
    }
  }
  if (!missing.empty()) {
    problems.Add((missing.size() == 1 ? "rank " : "ranks ") + Ranges(missing) + " of " +
                 std::to_string(last.count) + (missing.size() == 1 ? " is missing" : " are missing") +
                 "; run " + (missing.size() == 1 ? "it" : "each") + " (--shard " +
                 ToString({.rank = missing.front(), .count = last.count}) +
                 "), or give the folder that has it");
  }
  std::vector<RunPart> sorted;
  for (const auto& [shard, part] : parts) {
    sorted.push_back(part);
  }
  return sorted;
}

}  // namespace vffn
