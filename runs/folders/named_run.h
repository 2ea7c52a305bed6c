// What the user named: the folder of a run, or a file in it. Every command that takes a run asks here.
#pragma once

#include <filesystem>
#include <optional>

#include "runs/folders/run_folder.h"

namespace vffn {

enum class NamedKind {
  kFolder,   ///< of the run, or above it
  kLedger,   ///< ledger.jsonl, under any name
  kResults,  ///< results_*.json, or another *.json
  kSamples,  ///< samples_*.jsonl, or another *.jsonl
  kLosses,   ///< losses*.jsonl; the files beside it, loss_results*.json and token_losses*.jsonl, mean it, too
  kTrace,    ///< the folder of a trace, or a file in it
  kOther,    ///< another file of a run: run.json, report.html
};

struct NamedRun {
  std::filesystem::path named;  ///< as the user gave it; of losses: losses*.jsonl
  NamedKind kind = NamedKind::kFolder;
  RunFolder folder;             ///< of a trace outside of its run: the folder above the trace
  std::filesystem::path trace;  ///< the one that was named, or the folder's; whether it exists or not

  /// The file that was named if it is of this kind, else `otherwise`.
  std::filesystem::path FileOr(NamedKind of, const std::filesystem::path& otherwise) const {
    return kind == of ? named : otherwise;
  }
};

/// Finds the run that a path names: a run's folder, a folder above one run alone (RunFolder::Within), or a
/// file in a run's folder. Throws Error, saying what was found there and what is expected, if there is no
/// such path (or its run is in parts) or it is something else (a checkpoint, a folder of `vffn train`, a
/// report), if neither the file that was named nor the run's folder has the content, and as
/// RunFolder::Within.
NamedRun FindRun(const std::filesystem::path& named, RunContent content);

/// As FindRun; nothing if the path does not exist or the run lacks the content.
std::optional<NamedRun> FindRunIfAny(const std::filesystem::path& named, RunContent content);

}  // namespace vffn
