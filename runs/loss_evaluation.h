// The loss of a model on the documents of a corpus, from the options to the file of losses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/launch_place.h"
#include "runs/compute_flags.h"
#include "runs/loss_file.h"
#include "runs/results_file.h"

namespace vffn {

/// As given on the command line or in a manifest.
struct LossOptions {
  std::string model, tokenizer;        ///< an empty tokenizer is the model's own
  std::string tokens;                  ///< token file, or folder of token files (ReadTokenDocuments)
  std::string output_path = "output";  ///< of the RunFolder
  ComputeFlags compute;
  int64_t limit = 0;       ///< first documents; 0: all
  int workers = 0;         ///< 0: one for each core
  int64_t max_length = 0;  ///< tokens of a window (DocumentWindows); 0: the model's
  bool resume = false;
  Shard shard;  ///< which documents this process measures
  ProgramInfo program;
};

struct LossOutcome {
  std::filesystem::path file;  ///< RunFolder::losses
  std::vector<DocumentLoss>
      losses;             ///< of the documents that were asked for; empty while the file is in parts
  bool measured = false;  ///< false: all of them were in the file
  int64_t documents = 0;  ///< of this process
  int finished = 0;       ///< parts that are finished, this one included; 0: one process
};

/// Measures the documents that the file of losses lacks. Weights are read only if there are such documents.
/// One of several processes writes a part of the file (run_parts.h), and the last one joins the parts.
/// Throws Interrupted on a stop, and Error on failure; the file keeps every document that was measured.
LossOutcome MeasureLosses(const LossOptions& options, const std::stop_token& stop);

}  // namespace vffn
