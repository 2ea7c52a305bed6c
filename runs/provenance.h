// The provenance of a checkpoint folder's weights, kept with the checkpoint because it must be reported with
// every number of the model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "runs/scores/results_file.h"

namespace vffn {

inline constexpr const char* kProvenanceFile = "provenance.json";

/// Weights that were copied from a dense model and not trained since.
struct Upcycling {
  std::string from;  ///< the dense checkpoint
  std::string ffn;   ///< "versatile"
  uint64_t seed = 0;
};

/// Writes {"upcycled": {"from", "ffn", "seed"}, "untrained": true}.
void WriteProvenance(const std::filesystem::path& path, const Upcycling& upcycling);

/// Random weights, as a training run begins with.
struct Initial {
  std::string config;  ///< the file that describes the model
  uint64_t seed = 0;
  ProgramInfo program;
};

/// Writes {"initialised": {"config", "seed", "program", "commit"}, "untrained": true}.
void WriteProvenance(const std::filesystem::path& path, const Initial& initial);

/// Weights that `vffn train` wrote.
struct TrainingProvenance {
  std::string from;       ///< the checkpoint that the run continued; empty: it started from random weights
  bool upcycled = false;  ///< `from` got another FFN
  int64_t steps = 0, tokens = 0;  ///< of this run
  std::string config_sha256;      ///< of the run's configuration (config.json)
  ProgramInfo program;
};

/// Writes {"trained": {"from", "upcycled", "steps", "tokens", "config_sha256", "program", "commit"},
/// "untrained": false}.
void WriteProvenance(const std::filesystem::path& path, const TrainingProvenance& training);

/// Whether a checkpoint's provenance says that the model is untrained (for example, freshly upcycled by
/// `vffn convert --upcycle`, or of random weights). False without a provenance file. Throws Error naming the
/// file if "untrained" is not true or false.
bool IsUntrained(const std::filesystem::path& model);

}  // namespace vffn
