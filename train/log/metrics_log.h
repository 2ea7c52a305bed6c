// The logs in the folder of a training run: metrics.jsonl and evaluations.jsonl.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/append_file.h"
#include "train/log/step_metrics.h"

namespace vffn {

/// Appends whole lines. A killed program loses no line that it has appended; a machine that dies loses at
/// most the last seconds (SyncPolicy). Both files are locked against a second run.
class MetricsLog {
 public:
  /// Opens the two files in the folder, which exists, and keeps the lines of steps up to `last_step`: a run
  /// that goes on from the checkpoint of that step writes the later ones again. 0: a new run, nothing is
  /// kept. An incomplete last line, which a killed program may leave, is dropped, too.
  /// Throws Error, naming file and line, if another run has the lock, the file cannot be written, or a line
  /// that ends is damaged.
  MetricsLog(const std::filesystem::path& run_folder, int64_t last_step);

  /// Throws Error if a number is not finite, the step is not after the last one, or the write fails.
  void Append(const StepMetrics& metrics);
  void Append(const EvaluationPoint& point);

  /// Returns when everything is on the disk. Call it before a checkpoint is published.
  void Sync();

 private:
  AppendFile metrics_, evaluations_;
  int64_t last_metrics_ = -1, last_evaluation_ = -1;
};

/// Whether the folder has logs, without a line that ends: those of a run that ended before its first logged
/// step.
bool HasEmptyLogs(const std::filesystem::path& run_folder);

/// The logs of a run, also of one that is still being written: an incomplete last line is left out. Throws
/// Error, naming the file and its line: there is no such file, a line is damaged, steps do not ascend.
std::vector<StepMetrics> ReadMetrics(const std::filesystem::path& run_folder);
std::vector<EvaluationPoint> ReadEvaluations(const std::filesystem::path& run_folder);

}  // namespace vffn
