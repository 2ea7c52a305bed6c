// The loss of a model on a text, from the options to the files of losses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/launch_place.h"
#include "runs/compute_flags.h"
#include "runs/eval_trace.h"
#include "runs/forecast.h"
#include "runs/losses/loss_file.h"
#include "runs/losses/loss_window_choice.h"
#include "runs/losses/text_documents.h"
#include "runs/run_item.h"
#include "runs/scores/results_file.h"

namespace vffn {

/// As given on the command line or in a manifest.
struct LossOptions {
  std::string model, tokenizer;         ///< an empty tokenizer is the model's own
  TextFileOptions text;                 ///< without paths: `tokens`
  std::string tokens;                   ///< token file, or folder of token files
  std::string token_type = "auto";      ///< of `tokens`
  std::optional<int64_t> eos_token_id;  ///< ends documents; absent: the tokenizer's
  LossWindowFlags window;
  std::string output_path = "output";  ///< of the RunFolder
  ComputeFlags compute;
  int64_t limit = 0;  ///< first documents, chunks or sequences; 0: all
  int workers = 0;    ///< 0: one for each core
  RunItem item;       ///< which of several checkpoints, for the progress line
  bool resume = false, overwrite = false;
  bool log_tokens = false;  ///< write token_losses.jsonl, too
  TraceFlags trace;
  Shard shard;  ///< which documents this process measures
  ProgramInfo program;
};

/// What a text had besides its documents.
struct LossNotes {
  int64_t empty = 0;     ///< documents without text
  int64_t skipped = 0;   ///< documents that could not be read
  int64_t left_out = 0;  ///< tokens at the ends of streams, too few for a window
};

/// What this process scored.
struct LossCost {
  int64_t tokens = 0;  ///< that the model read
  double seconds = 0;  ///< without reading weights and text
};

struct LossOutcome {
  std::filesystem::path file;                 ///< RunFolder::losses
  std::vector<std::filesystem::path> others;  ///< written beside it: results, losses of tokens, trace
  LossHeader header;
  std::vector<DocumentLoss> losses;  ///< of the documents that were asked for; empty while in parts
  std::optional<LossCost> cost;      ///< absent: all of them were in the files
  LossNotes notes;
  int64_t documents = 0;  ///< of this process
  int finished = 0;       ///< parts that are finished, this one included; 0: one process

  bool measured() const { return cost.has_value(); }
};

/// What MeasureLosses would do: reads model, tokenizer and text, checks everything and writes nothing. Throws
/// SettingErrors with all options and files that are wrong.
RunForecast ForecastLosses(const LossOptions& options);

/// Measures the documents that the file of losses lacks. Weights are read only if there are such documents.
/// One of several processes writes a part of the files (run_parts.h), and the last one joins the parts.
/// Throws as ForecastLosses before anything is written, Interrupted on a stop, and Error on failure; the
/// files keep every window that was measured.
LossOutcome MeasureLosses(const LossOptions& options, const std::stop_token& stop);

}  // namespace vffn
