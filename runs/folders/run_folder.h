// The folder of a run, and the names of the files in it. No other code knows these names.
//
//   ledger.jsonl            scores of every doc, written during the run (eval/ledger.h)
//   results_DATE.json       scores of the tasks, written at its end (results_file.h)
//   samples_TASK_DATE.jsonl     scores doc by doc, if requested (samples_file.h)
//   losses.jsonl, losses_ARGS.jsonl     loss of each document of a text, by model options (loss_file.h)
//   token_losses.jsonl, token_losses_ARGS.jsonl     that of each token, if requested (token_loss_file.h)
//   loss_results.json, loss_results_ARGS.json       the means of losses.jsonl (loss_results.h)
//   trace/                  decisions of every token, if requested (trace/trace_writer.h)
//   run.json                notes of the user (run_notes.h)
//   parts/                  the parts of a run that several processes share (run_parts.h)
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// "NAME", or "NAME [UNTRAINED]": the label of a model in all output.
std::string ModelLabel(const std::string& name, bool untrained);

/// What a command needs of a run.
enum class RunContent {
  kScores,  ///< a ledger, samples or results
  kLosses,  ///< losses of a text
  kTrace,   ///< decisions of every token
};

class RunFolder {
 public:
  /// A slash at the end of the path is left out.
  explicit RunFolder(const std::filesystem::path& path);

  /// The folder itself, or the one that holds the file.
  static RunFolder Of(const std::filesystem::path& folder_or_file);

  /// The folder itself if it is of a run, or else the only folder below it that has the content, at most
  /// three levels down: lm-evaluation-harness writes to OUTPUT/MODEL_NAME/. The folder itself if there is
  /// none. Throws Error, listing them, if there are several, and if the folder has parts that are not joined.
  static RunFolder Within(const std::filesystem::path& folder, RunContent content = RunContent::kScores);

  /// The folder itself if it is of a run, or else the folders of all runs below it, at most three levels
  /// down, by path. Throws Error if the folder has parts that are not joined.
  static std::vector<RunFolder> AllWithin(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return path_; }

  // Files, whether they exist or not. `date` is a DateId.
  std::filesystem::path ledger() const { return path_ / "ledger.jsonl"; }
  std::filesystem::path notes() const { return path_ / "run.json"; }
  std::filesystem::path trace() const { return path_ / "trace"; }
  std::filesystem::path results(const std::string& date) const;
  std::filesystem::path samples(const std::string& task, const std::string& date) const;
  /// `model_args` are the options of the model, "loops=2"; empty: none.
  std::filesystem::path losses(const std::string& model_args) const;

  /// Whether there is a ledger with docs: one without counts as absent (eval/ledger.h).
  bool HasLedger() const;
  bool HasTrace() const { return std::filesystem::is_directory(trace()); }

  /// Whether the folder has something of that kind.
  bool Has(RunContent content) const;

  /// The results files, the latest first. If some have a date, those without one do not count.
  std::vector<std::filesystem::path> ResultsFiles() const;

  /// The results file with the latest date; nothing if there is none.
  std::optional<std::filesystem::path> LatestResults() const;

  /// The files of losses, those of the model without options first.
  std::vector<std::filesystem::path> LossFiles() const;

  /// The sample file of each task with the latest date, ordered by task.
  std::vector<std::filesystem::path> LatestSamples() const;

  /// The sample files of one task that this program wrote, the latest first.
  std::vector<std::filesystem::path> SamplesOf(const std::string& task) const;

 private:
  std::filesystem::path path_;
};

/// The files that belong to a file of losses, beside it, whether they exist or not.
std::filesystem::path TokenLossesOf(const std::filesystem::path& losses);
std::filesystem::path LossResultsOf(const std::filesystem::path& losses);
/// The file of losses that such a file belongs to; the file itself if it is none.
std::filesystem::path LossesOf(const std::filesystem::path& file);
bool IsTokenLosses(const std::filesystem::path& path);

/// Whether a folder has the files of a trace (trace/trace_writer.h).
bool IsTraceFolder(const std::filesystem::path& folder);

/// Whether a file is named as sample files are, by this program or lm-evaluation-harness:
/// "samples_TASK_DATE.jsonl" or, up to version 0.4.2, "ARGUMENTS_TASK.jsonl"
/// ("pretrained=org__model_piqa.jsonl").
bool IsSamplesFile(const std::filesystem::path& path);

/// "piqa" of "samples_piqa_2026-11-22T17-18-33.911318.jsonl" and of "pretrained=org__model_piqa.jsonl".
/// Throws Error if the file has another name.
std::string TaskOfSamplesFile(const std::filesystem::path& path);

/// "2026-11-22T15-30-00.123456" in UTC: the date in file names. They sort by date.
std::string DateId(double unix_seconds);

/// A name without the characters that file systems reserve, as the harness replaces them: "a/b" -> "a__b".
std::string FileNameOf(std::string_view name);

}  // namespace vffn
