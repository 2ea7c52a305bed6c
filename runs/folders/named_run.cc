#include "runs/folders/named_run.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "eval/ledger.h"
#include "runs/losses/loss_file.h"
#include "runs/parts/run_parts.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

bool IsWeights(const fs::path& file) {
  const std::string end = file.extension().string();
  return end == ".gguf" || end == ".safetensors" || end == ".pt" || end == ".pth" || end == ".bin";
}

/// Of a file in a run's folder; nothing if the file is none.
std::optional<NamedKind> KindOfFile(const fs::path& file) {
  const std::string name = file.filename().string(), end = file.extension().string();
  if (end == ".parquet" && IsTraceFolder(RunFolder::Of(file).path())) {
    return NamedKind::kTrace;
  }
  if (name == "run.json" || end == ".html") {
    return NamedKind::kOther;
  }
  if (IsLossFile(file) || (LossesOf(file) != file && fs::exists(LossesOf(file)))) {
    return NamedKind::kLosses;
  }
  if (end == ".json") {
    return NamedKind::kResults;
  }
  if (IsLedger(file)) {
    return NamedKind::kLedger;
  }
  return end == ".jsonl" ? std::optional(NamedKind::kSamples) : std::nullopt;
}

bool IsOfKind(NamedKind kind, RunContent content) {
  switch (content) {
    case RunContent::kScores:
      return kind == NamedKind::kLedger || kind == NamedKind::kResults || kind == NamedKind::kSamples;
    case RunContent::kLosses:
      return kind == NamedKind::kLosses;
    case RunContent::kTrace:
      return kind == NamedKind::kTrace;
  }
  return false;
}

const char* ExpectedText(RunContent content) {
  switch (content) {
    case RunContent::kScores:
      return "expected is a folder that 'vffn eval' wrote (ledger.jsonl, results_*.json, samples_*.jsonl), "
             "or one of these files";
    case RunContent::kLosses:
      return "expected is a folder that 'vffn loss' wrote (losses.jsonl), or that file";
    case RunContent::kTrace:
      return "expected is a folder of 'vffn eval --trace' with the trace in it, or the trace";
  }
  return "";
}

/// "a.json, b and 3 more": what is in a folder.
std::string Listing(const fs::path& folder) {
  constexpr size_t kMost = 5;
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string() + (entry.is_directory() ? "/" : ""));
  }
  std::ranges::sort(names);
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > kMost ? text + " and " + std::to_string(names.size() - kMost) + " more" : text;
}

/// What another folder than a run's is, and what to do with it; empty: not known.
std::string OtherFolderText(const fs::path& folder) {
  if (fs::exists(folder / "metrics.jsonl")) {
    return "this is a folder of 'vffn train'; 'vffn report --training " + folder.string() + "' shows it";
  }
  if (fs::exists(RunFolder(folder).ledger())) {
    return "its ledger.jsonl has no docs yet; 'vffn eval' scores them";
  }
  const bool weights = std::any_of(fs::directory_iterator(folder), fs::directory_iterator(),
                                   [](const fs::directory_entry& entry) { return IsWeights(entry.path()); });
  if (weights || fs::is_directory(folder / "model_and_optim")) {
    return "this is a checkpoint; 'vffn eval --model " + folder.string() + "' scores it";
  }
  if (fs::exists(folder / "report.html") || fs::exists(folder / "tables.json")) {
    return "this is a report that vffn wrote, without the runs that it is about; name their folders";
  }
  return "";
}

/// What the run has instead of the content; empty: nothing.
std::string OtherContentText(const RunFolder& run, RunContent content) {
  if (content == RunContent::kScores && run.Has(RunContent::kLosses)) {
    return "the folder has only losses of a text; 'vffn eval' scores tasks";
  }
  if (content == RunContent::kScores && run.Has(RunContent::kTrace)) {
    return "the folder has a trace, but no ledger.jsonl and no results_*.json, which hold scores";
  }
  if (content == RunContent::kTrace && run.Has(RunContent::kScores)) {
    return "the run has no trace; 'vffn eval --trace " + run.trace().string() +
           "' writes one for a model that decides anything token by token";
  }
  return "";
}

/// Throws Error: the run of that folder lacks the content.
void RefuseFolder(const fs::path& named, const RunFolder& run, RunContent content) {
  CheckMerged(run);
  const std::string where = named.string() + ": ";
  if (const std::string text = OtherContentText(run, content); !text.empty()) {
    Fail(where, text);
  }
  if (const std::string text = OtherFolderText(run.path()); !text.empty()) {
    Fail(where, "there is no run in it: ", text);
  }
  const std::string found = Listing(run.path());
  Fail(where, "there is no run in it, nor in a folder in it (",
       found.empty() ? "the folder is empty" : "found are " + found, "); ", ExpectedText(content));
}

void RefuseFile(const fs::path& file, RunContent content) {
  VFFN_CHECK(!IsWeights(file), file.string(), ": this is a checkpoint; 'vffn eval --model ", file.string(),
             "' scores it");
  Fail(file.string(), ": this is no file of a run; ", ExpectedText(content));
}

NamedRun NamedTrace(const fs::path& named, const fs::path& trace) {
  return {named, NamedKind::kTrace, RunFolder((trace / "..").lexically_normal()), trace};
}

/// Nothing if it is a file that no run has.
std::optional<NamedRun> Resolve(const fs::path& named, RunContent content) {
  if (fs::is_directory(named)) {
    const fs::path path = RunFolder(named).path();
    if (IsTraceFolder(path) && !RunFolder(path).Has(content)) {  // one folder may be both
      return NamedTrace(named, path);
    }
    const RunFolder folder = RunFolder::Within(path, content);
    return NamedRun{named, NamedKind::kFolder, folder, folder.trace()};
  }
  const std::optional<NamedKind> kind = KindOfFile(named);
  if (!kind) {
    return std::nullopt;
  }
  if (kind == NamedKind::kTrace) {
    return NamedTrace(named, RunFolder::Of(named).path());
  }
  const RunFolder folder = RunFolder::Of(named);
  return NamedRun{kind == NamedKind::kLosses ? LossesOf(named) : named, *kind, folder, folder.trace()};
}

bool HasContent(const NamedRun& run, RunContent content) {
  return IsOfKind(run.kind, content) || run.folder.Has(content);
}

}  // namespace

NamedRun FindRun(const fs::path& named, RunContent content) {
  if (!fs::exists(named)) {
    CheckMerged(RunFolder((named / "..").lexically_normal()));  // the run may be in parts still
  }
  VFFN_CHECK(fs::exists(named), named.string(), ": there is no such file or folder");
  std::optional<NamedRun> run = Resolve(named, content);
  if (!run) {
    RefuseFile(named, content);
  }
  if (!HasContent(*run, content)) {
    RefuseFolder(named, run->folder, content);
  }
  return *std::move(run);
}

std::optional<NamedRun> FindRunIfAny(const fs::path& named, RunContent content) {
  std::optional<NamedRun> run = fs::exists(named) ? Resolve(named, content) : std::nullopt;
  return run && HasContent(*run, content) ? run : std::nullopt;
}

}  // namespace vffn
