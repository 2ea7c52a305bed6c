// A manifest: the checkpoints and settings of `vffn reproduce`.
//
//   {
//     "title": "...",                            optional
//     "data": "../.setup/data",                  folder of the data sets
//     "tasks": ["arc_easy", "piqa"],             or "all"
//     "limit": 100,                              optional: first docs of each task, as --limit
//     "profile": "olmo", "dtype": "float32", "device": "cpu", "workers": 2, "trace": true,       optional
//     "checkpoints": [
//       {"name": "4-Loop", "model": "checkpoints/4-loop", "model_args": "...", "tokenizer": "tokenizer.json",
//        "row": "354M/4-Loop", "untrained": false, "loss": 2.625,
//        "trace_branches": true, "trace_features": ["arc_challenge:0"], "trace_layers": [0],
//        "control_of": "another's name"}       optional here, too: "tasks", "limit", "dtype", "trace"
//     ],
//     "training_log": "log.csv",                 optional: for Figure 3 (training_log.h)
//     "page": {"models": ["4-Loop", "VersatileFFN"], "questions": 1000}                         optional
//   }
//
// Paths are relative to the manifest's folder. `row` names a row of the paper's tables; who runs the manifest
// checks the name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "runs/run_notes.h"

namespace vffn {

struct ManifestEntry {
  std::string where;  ///< "FILE: checkpoints[0] (NAME)": begins every error about the entry
  std::string name;   ///< unique; letters, digits, blanks and ._+()- only, since it names a folder
  std::filesystem::path model, tokenizer;  ///< an empty tokenizer is the model's own
  std::string model_args;
  std::optional<std::string> row;
  std::optional<double> loss;
  bool untrained = false;
  std::string tasks;  ///< comma-separated, or "all"
  double limit = 0;   ///< 0: all docs
  std::string dtype = "float32";
  bool trace = true;  ///< if the model decides anything token by token
  bool trace_branches = false;
  std::vector<std::string> trace_features;  ///< "task:doc_id": docs whose branch features are kept
  std::vector<int64_t> trace_layers;        ///< whose features; empty: all
  std::string control_of;  ///< name of the checkpoint whose shuffle control this one is, or empty

  /// The notes kept beside its results.
  RunNotes Notes() const;
  /// The name of its run's folder: its own, with '-' for blanks.
  std::string FolderName() const;
};

struct Manifest {
  std::string title;
  std::filesystem::path data;
  std::filesystem::path training_log;  ///< empty: none
  std::string profile = "olmo", device = "cpu";
  int64_t workers = 0;  ///< 0: as many as cores
  std::vector<ManifestEntry> checkpoints;
  std::vector<std::string> page_models;  ///< one or two names; the first two checkpoints if not given
  int64_t page_questions = 1000;
};

/// Throws Error, naming the file, the entry and the field, on anything missing, unknown or of the wrong type.
Manifest ParseManifest(const Json& json, const std::filesystem::path& path);

}  // namespace vffn
