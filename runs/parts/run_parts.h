// The parts of a run that several processes share, in the run's folder. No other code knows these names.
//
//   parts/rank-00003-of-00016/               a RunFolder: the ledger, samples, trace or losses of rank 3
//   parts/rank-00003-of-00016/part.json      what was scored and by whom (part_record.h)
//   parts/rank-00003-of-00016.ledger.done    empty: the rank has finished its part of `vffn eval`
//   parts/rank-00003-of-00016.losses.done    ... of `vffn loss`; losses_ARGS with --model_args
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file_lock.h"
#include "base/launch_place.h"
#include "runs/folders/run_folder.h"

namespace vffn {

/// What parts are of: the stem of the file that each of them has, and the joined run.
inline constexpr const char* kLedgerParts = "ledger";  ///< for losses, that of RunFolder::losses

/// The folder of the parts in the run's folder.
inline constexpr const char* kPartsFolder = "parts";

/// The folder of one rank.
struct RunPart {
  Shard shard;
  RunFolder folder;

  std::filesystem::path record() const { return folder.path() / "part.json"; }
  std::filesystem::path losses_record(const std::string& stem) const {
    return folder.path() / (stem + ".part.json");
  }
  std::filesystem::path losses_trace(const std::string& stem) const {
    return folder.path() / ("trace_" + stem);
  }
  /// The sample file of a task, of this part's docs.
  std::filesystem::path samples(const std::string& task) const { return folder.samples(task, "part"); }
};

class RunParts {
 public:
  explicit RunParts(const RunFolder& run) : folder_(run.path() / kPartsFolder) {}

  RunPart Of(const Shard& shard) const;

  /// The parts that were begun, by count and rank.
  std::vector<RunPart> Find() const;

  /// Throws Error if parts of another number of ranks are there.
  void CheckCount(const Shard& shard) const;

  /// Notes that a rank has finished, or has not. `of`: kLedgerParts, or the stem of a file of losses.
  void Mark(const Shard& shard, const std::string& of, bool finished) const;
  bool IsMarked(const Shard& shard, const std::string& of) const;

  /// How many of `count` ranks have finished.
  int CountMarked(int count, const std::string& of) const;

  /// The file that notes it.
  std::filesystem::path Marker(const Shard& shard, const std::string& of) const;

 private:
  std::filesystem::path folder_;
};

/// Held while parts are joined in a folder; null if another process joins them.
std::unique_ptr<FileLock> LockForMerging(const std::filesystem::path& output);

/// The parts in a run's folder, in a folder that has parts in it, or the one part that the folder is. Throws
/// Error if there are none. None of the marker of a part, which parts/* names, too.
std::vector<RunPart> PartsIn(const std::filesystem::path& folder);

/// Throws Error, saying how many ranks are done and how to go on, if there are parts of a ledger (or of a
/// file of losses) but not the whole file.
void CheckMerged(const RunFolder& run, const std::string& of = kLedgerParts);

}  // namespace vffn
