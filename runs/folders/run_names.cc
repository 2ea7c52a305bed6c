#include "runs/folders/run_names.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/valid_utf8.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

using PathParts = std::vector<std::string>;

PathParts PartsOfPath(const fs::path& path) {
  PathParts parts;
  for (const fs::path& part : fs::absolute(path).lexically_normal()) {
    if (!part.empty()) {
      parts.push_back(ValidUtf8(part.string()));
    }
  }
  return parts;
}

std::string Joined(const PathParts& parts, size_t begin, size_t end) {
  std::string text;
  for (size_t i = begin; i < end; ++i) {
    text += (text.empty() ? "" : "/") + parts[i];
  }
  return text;
}

/// How many parts all paths have in common from the first one on (of paths turned round: from the last one).
size_t CommonParts(const std::vector<PathParts>& paths, size_t most) {
  size_t count = 0;
  while (count < most && std::ranges::all_of(paths, [&](const PathParts& parts) {
           return parts[count] == paths.front()[count];
         })) {
    ++count;
  }
  return count;
}

/// The part of each path in which it differs from the others. Where nothing would be left of one path, which
/// is the beginning or the end of another one, all have one part more.
std::vector<std::string> DifferingParts(std::vector<PathParts> paths) {
  size_t shortest = paths.front().size();
  for (const PathParts& parts : paths) {
    shortest = std::min(shortest, parts.size());
  }
  size_t before = CommonParts(paths, shortest);
  std::vector<PathParts> turned = paths;
  std::ranges::for_each(turned, [](PathParts& parts) { std::ranges::reverse(parts); });
  size_t after = CommonParts(turned, shortest - before);
  if (before + after == shortest) {
    --(after > 0 ? after : before);
  }
  std::vector<std::string> names;
  for (const PathParts& parts : paths) {
    names.push_back(Joined(parts, before, parts.size() - after));
  }
  return names;
}

}  // namespace

std::string RunName(const RunNotes& notes, const std::string& model_path) {
  if (notes.name) {
    return *notes.name;
  }
  const fs::path path = fs::path(model_path).lexically_normal();
  return ValidUtf8((path.has_filename() ? path : path.parent_path()).filename().string());
}

std::vector<std::string> DistinctNames(const std::vector<NamedFolder>& runs) {
  std::map<std::string, std::vector<size_t>> by_name;
  for (size_t i = 0; i < runs.size(); ++i) {
    by_name[runs[i].name].push_back(i);
  }
  std::vector<std::string> names(runs.size());
  for (const auto& [name, indices] : by_name) {
    std::vector<PathParts> paths;
    for (const size_t index : indices) {
      paths.push_back(PartsOfPath(runs[index].folder));
    }
    const std::vector<std::string> parts =
        indices.size() > 1 ? DifferingParts(std::move(paths)) : std::vector{name};
    for (size_t i = 0; i < indices.size(); ++i) {
      names[indices[i]] = parts[i];
    }
  }
  std::set<std::string> taken;
  for (std::string& name : names) {
    const std::string first = name;
    for (int count = 2; !taken.insert(name).second; ++count) {
      name = first + " (" + std::to_string(count) + ")";
    }
  }
  return names;
}

}  // namespace vffn
