#include "runs/parts/run_parts.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "base/atomic_file.h"
#include "base/error.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarkerEnd = ".done";

std::string PartName(const Shard& shard) {
  char name[64];
  std::snprintf(name, sizeof name, "rank-%05d-of-%05d", shard.rank, shard.count);
  return name;
}

/// Of "rank-00003-of-00016"; nothing if that is not the name.
std::optional<Shard> ShardOfName(const std::string& name) {
  Shard shard;
  const bool read = std::sscanf(name.c_str(), "rank-%d-of-%d", &shard.rank, &shard.count) == 2;
  return read && PartName(shard) == name ? std::optional(shard) : std::nullopt;
}

}  // namespace

RunPart RunParts::Of(const Shard& shard) const { return {shard, RunFolder(folder_ / PartName(shard))}; }

std::vector<RunPart> RunParts::Find() const {
  std::vector<RunPart> parts;
  if (fs::is_directory(folder_)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
      if (const auto shard = ShardOfName(entry.path().filename().string())) {
        parts.push_back({*shard, RunFolder(entry.path())});
      }
    }
  }
  std::ranges::sort(parts, {},
                    [](const RunPart& part) { return std::pair(part.shard.count, part.shard.rank); });
  return parts;
}

void RunParts::CheckCount(const Shard& shard) const {
  for (const RunPart& part : Find()) {
    VFFN_CHECK(part.shard.count == shard.count, folder_.string(), ": holds parts of a run that ",
               part.shard.count, " ranks share, but this is rank ", shard.rank, " of ", shard.count,
               ": choose another folder, or remove the parts");
  }
}

fs::path RunParts::Marker(const Shard& shard, const std::string& of) const {
  return folder_ / (PartName(shard) + "." + of + kMarkerEnd);
}

void RunParts::Mark(const Shard& shard, const std::string& of, bool finished) const {
  if (finished) {
    WriteFileAtomically(Marker(shard, of), "");
  } else {
    fs::remove(Marker(shard, of));
  }
}

bool RunParts::IsMarked(const Shard& shard, const std::string& of) const {
  return fs::exists(Marker(shard, of));
}

int RunParts::CountMarked(int count, const std::string& of) const {
  int marked = 0;
  if (fs::is_directory(folder_)) {
    const std::string end = "." + of + kMarkerEnd;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(end)) {
        const auto shard = ShardOfName(name.substr(0, name.size() - end.size()));
        marked += shard && shard->count == count ? 1 : 0;
      }
    }
  }
  return marked;
}

std::unique_ptr<FileLock> LockForMerging(const fs::path& output) {
  return FileLock::Try(output / ".merge.lock");
}

std::vector<RunPart> PartsIn(const fs::path& folder) {
  if (folder.extension() == kMarkerEnd && fs::is_regular_file(folder)) {
    return {};  // beside the parts: parts/* names it, too
  }
  VFFN_CHECK(fs::is_directory(folder), folder.string(), ": there is no such folder");
  const fs::path path = fs::absolute(folder).lexically_normal();
  const fs::path named = path.has_filename() ? path : path.parent_path();
  if (const auto shard = ShardOfName(named.filename().string())) {
    return {{*shard, RunFolder(folder)}};
  }
  std::vector<RunPart> parts = RunParts(RunFolder(folder)).Find();
  if (parts.empty() && named.filename() == kPartsFolder) {
    parts = RunParts(RunFolder(named.parent_path())).Find();
  }
  VFFN_CHECK(!parts.empty(), folder.string(),
             ": there are no parts of a run in it (parts/rank-RANK-of-COUNT); 'vffn eval --shard 3/16' or a "
             "launcher makes them");
  return parts;
}

void CheckMerged(const RunFolder& run, const std::string& of) {
  const std::string file = of + ".jsonl";
  if (fs::exists(run.path() / file)) {
    return;
  }
  const RunParts parts(run);
  for (const RunPart& part : parts.Find()) {
    if (fs::exists(part.folder.path() / file)) {
      const int count = part.shard.count, finished = parts.CountMarked(count, of);
      Fail(run.path().string(), ": the run is in parts: ", finished, " of ", count, " are finished; ",
           finished == count ? "join them with: vffn merge " : "when all are, join them with: vffn merge ",
           run.path().string());
    }
  }
}

}  // namespace vffn
