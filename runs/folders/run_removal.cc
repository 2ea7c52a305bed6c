#include "runs/folders/run_removal.h"

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>

#include "base/append_file.h"
#include "base/error.h"
#include "runs/losses/loss_file.h"
#include "runs/losses/loss_results.h"
#include "runs/losses/token_loss_file.h"
#include "runs/parts/run_parts.h"
#include "runs/scores/results_file.h"
#include "trace/trace_reader.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> EntriesOf(const fs::path& folder) {
  std::vector<fs::path> entries;
  if (fs::is_directory(folder)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      entries.push_back(entry.path());
    }
  }
  std::ranges::sort(entries);
  return entries;
}

bool HasName(const fs::path& path, const std::string& begin, const std::string& end) {
  const std::string name = path.filename().string();
  return name.size() > begin.size() + end.size() && name.starts_with(begin) && name.ends_with(end);
}

/// The date of results that this program wrote.
std::optional<std::string> DateOfOwnResults(const fs::path& path) {
  const std::string begin = "results_", end = ".json";
  if (!HasName(path, begin, end)) {
    return std::nullopt;
  }
  try {
    if (ReadResultsFile(path).run) {
      const std::string name = path.filename().string();
      return name.substr(begin.size(), name.size() - begin.size() - end.size());
    }
  } catch (const Error&) {
    // not ours, or damaged: it stays
  }
  return std::nullopt;
}

/// "piqa-12.safetensors", as BranchFeaturesPath names them.
bool IsBranchFeatures(const fs::path& path) {
  const std::string stem = path.stem().string();
  const size_t hyphen = stem.rfind('-');
  return path.extension() == ".safetensors" && hyphen != std::string::npos && hyphen > 0 &&
         hyphen + 1 < stem.size() && stem.find_first_not_of("0123456789", hyphen + 1) == std::string::npos;
}

/// What TraceWriter and WriteBranchFeatures write.
void AddTrace(const fs::path& folder, std::vector<fs::path>& files) {
  if (!IsTraceFolder(folder)) {
    return;
  }
  for (const fs::path& path : EntriesOf(folder)) {
    if (HasName(path, "part-", ".parquet") || HasName(path, ".part-", ".tmp") || path.filename() == ".lock") {
      files.push_back(path);
    }
  }
  const fs::path named = folder.has_filename() ? folder : folder.parent_path();
  for (const fs::path& path : EntriesOf(named.parent_path() / (named.filename().string() + ".branches"))) {
    if (IsBranchFeatures(path)) {
      files.push_back(path);
    }
  }
}

void AddIfThere(const fs::path& path, std::vector<fs::path>& files) {
  if (fs::exists(path)) {
    files.push_back(path);
  }
}

void AddTokenLosses(const fs::path& path, std::vector<fs::path>& files) {
  if (IsLossFile(path, kTokenLossKind)) {
    files.push_back(path);
  }
}

/// Whether a trace is that of losses, which may lie in the same folder. A damaged one is not.
bool IsTraceOfLosses(const fs::path& folder) {
  try {
    return IsTraceFolder(folder) &&
           TraceReader(folder).header().identity.profile.value_or("").starts_with(kTraceOfLosses);
  } catch (const Error&) {
    return false;
  }
}

void AddParts(const RunFolder& run, std::vector<fs::path>& files) {
  const RunParts parts(run);
  for (const RunPart& part : parts.Find()) {
    AddIfThere(parts.Marker(part.shard, kLedgerParts), files);
    for (const fs::path& path : EntriesOf(part.folder.path())) {
      if (HasName(path, "samples_", "_part.jsonl")) {
        files.push_back(path);
      }
    }
    AddTrace(part.folder.trace(), files);
    AddIfThere(part.folder.ledger(), files);
    AddIfThere(part.record(), files);
  }
}

}  // namespace

std::vector<fs::path> EvaluationFiles(const RunFolder& run, const fs::path& trace) {
  std::vector<fs::path> files;
  AddParts(run, files);
  std::set<std::string> dates;
  const std::vector<fs::path> entries = EntriesOf(run.path());
  for (const fs::path& path : entries) {
    if (const auto date = DateOfOwnResults(path)) {
      dates.insert(*date);
      files.push_back(path);
    }
  }
  for (const fs::path& path : entries) {
    for (const std::string& date : dates) {
      if (HasName(path, "samples_", "_" + date + ".jsonl")) {
        files.push_back(path);
      }
    }
  }
  if (!IsTraceOfLosses(run.trace())) {
    AddTrace(run.trace(), files);
  }
  std::error_code error;
  if (!fs::equivalent(trace, run.trace(), error)) {  // "out/trace/", or by a link
    AddTrace(trace, files);
  }
  AddIfThere(run.ledger(), files);
  return files;
}

std::vector<fs::path> LossFilesOf(const RunFolder& run, const fs::path& losses, const fs::path& trace) {
  std::vector<fs::path> files;
  const std::string stem = losses.stem().string();
  const RunParts parts(run);
  for (const RunPart& part : parts.Find()) {
    AddIfThere(parts.Marker(part.shard, stem), files);
    AddTrace(part.losses_trace(stem), files);
    const fs::path of_part = part.folder.path() / losses.filename();
    AddTokenLosses(TokenLossesOf(of_part), files);
    AddIfThere(of_part, files);
    AddIfThere(part.losses_record(stem), files);
  }
  if (IsLossResults(LossResultsOf(losses))) {
    files.push_back(LossResultsOf(losses));
  }
  AddTokenLosses(TokenLossesOf(losses), files);
  AddTrace(trace, files);
  AddIfThere(losses, files);
  return files;
}

std::vector<fs::path> RemoveFiles(const std::vector<fs::path>& files, const fs::path& record) {
  std::optional<AppendFile> lock;
  if (fs::exists(record)) {
    lock.emplace(record);
  }
  std::vector<fs::path> removed;
  for (const fs::path& file : files) {
    std::error_code error;
    fs::remove(file, error);
    VFFN_CHECK(!error, file.string(), ": cannot be removed: ", error.message());
    const fs::path folder = file.parent_path();
    const bool empty = folder != record.parent_path() && fs::is_empty(folder, error) && !error;
    // A link may lead to another disk.
    if (!empty || fs::is_symlink(folder)) {
      removed.push_back(file);
      continue;
    }
    std::erase_if(removed, [&](const fs::path& other) { return other.parent_path() == folder; });
    removed.push_back(folder);
    fs::remove(folder, error);
    if (const fs::path parts = folder.parent_path(); parts.filename() == kPartsFolder) {
      fs::remove(parts, error);  // once it is empty
    }
  }
  return removed;
}

}  // namespace vffn
