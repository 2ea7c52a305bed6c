// A manifest: the checkpoints and settings of `vffn reproduce`.
//
//   {
//     "title": "...",                            optional
//     "data": "../.setup/data",                  optional: folder of the data sets; default: as --data says
//     "tasks": ["arc_easy", "piqa"],             or "all"
//     "limit": 100,                              optional: first docs of each task, as --limit
//     "profile": "olmo", "dtype": "float32", "device": "cpu", "workers": 2, "trace": true,       optional
//     "checkpoints": [
//       {"name": "4-Loop", "model": "checkpoints/4-loop", "model_args": "...", "tokenizer": "tokenizer.json",
//        "row": "354M/4-Loop", "untrained": false, "loss": 2.625,      the loss of training, if it is known
//        "trace_branches": true, "trace_features": ["arc_challenge:0"], "trace_layers": [0],
//        "control_of": "another's name"}       optional here, too: "tasks", "limit", "dtype", "trace"
//     ],
//     "training_log": "log.csv",                 optional: for Figure 3 (training_log.h)
//     "page": {"models": ["4-Loop", "VersatileFFN"], "questions": 1000}                         optional
//   }
//
// A manifest may also measure their loss on a text (loss_evaluation.h), of token files or of text files:
//
//     "held_out": "tokens/held_out",             or "held_out_text": "papers.jsonl"
//     "held_out_limit": 100,                     documents
//     "held_out_window": {"max_length": 2048},   windows of 'vffn loss': also window, stride, chunks, packed
//     "loss_text": "paper",                      the text is of the corpus that the paper trained on
//
// and train its checkpoints (docs/study.md):
//
//     "training": {...}, "continuation": {...},  configuration of all runs; of those that continue one
//     "checkpoints": [
//       {"name": "Base", "seeds": [1, 2], "train": {}},
//       {"name": "4-Loop", "seeds": [1, 2], "continues": "Base", "train": {"upcycle": {...}},
//        "controls": ["loops=1"]},               model options under which the loss is measured, too
//       {"name": "shuffled", "seeds": [1, 2], "trained": "4-Loop", "model_args": "shuffle_loops=1"}
//     ],
//     "study": {"tables": [{"name": "table-1", "title": "...", "baseline": "Base", "rows": ["Base",
//     "4-Loop"]}]}
//
// The configuration of a run is `training`, changed by `continuation` if the run continues another one, then
// by its own `train` (both as RFC 7396 merges them: objects field by field, null removes). A checkpoint with
// `seeds` is one for each seed s: its name is "NAME (seed s)", s is added to the configuration's seed, and
// the names it refers to are those of the same seed.
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
#include "runs/folders/run_notes.h"
#include "runs/losses/loss_window_choice.h"

namespace vffn {

/// How a checkpoint is made.
struct ManifestTraining {
  std::string config;     ///< JSON text of the configuration (train/config), without `from`
  std::string continues;  ///< name of the checkpoint that it begins with; empty: a new model
};

struct ManifestEntry {
  std::string where;   ///< "FILE: checkpoints[0] (NAME)": begins every error about the entry
  std::string name;    ///< unique; letters of any script, digits, blanks and ._+()-/: it names a folder
  std::string method;  ///< the name without the seed
  std::optional<uint64_t> seed;
  std::filesystem::path model;               ///< empty: the manifest trains it
  std::optional<ManifestTraining> training;  ///< of this checkpoint
  std::string trained;                ///< name of the checkpoint that is trained for this one, or empty
  std::vector<std::string> controls;  ///< model options of further measurements of the loss
  std::filesystem::path tokenizer;    ///< empty: the model's own
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

  /// The model options of the checkpoint and of one of its controls (empty: without).
  std::string ArgsWith(const std::string& control) const;
  /// The notes kept beside its results, but for those on the text of the losses.
  RunNotes Notes() const;
  /// The name of its run's folder: its own, with '-' for blanks.
  std::string FolderName() const;
};

/// A table of the study: methods, by name without seed, against one of them.
struct StudyTablePlan {
  std::string name, title, baseline;
  std::vector<std::string> rows;
};

struct Manifest {
  std::string title;
  std::filesystem::path file;           ///< the manifest
  std::filesystem::path data;           ///< empty: as --data says
  std::filesystem::path held_out;       ///< token files whose loss is measured; empty: none
  std::filesystem::path held_out_text;  ///< text in their place; empty: none
  LossWindowFlags held_out_window;
  int64_t held_out_limit = 0;  ///< 0: all documents
  bool paper_text = false;     ///< they are of the corpus that the paper trained on
  std::vector<StudyTablePlan> study;
  std::filesystem::path training_log;  ///< empty: none
  std::string profile = "olmo", device = "cpu";
  int64_t workers = 0;  ///< 0: as many as cores
  std::vector<ManifestEntry> checkpoints;
  std::vector<std::string> page_models;  ///< one or two names; the first two checkpoints if not given
  int64_t page_questions = 1000;

  bool HasHeldOut() const { return !held_out.empty() || !held_out_text.empty(); }
};

/// The entry of that name; null if there is none.
const ManifestEntry* FindEntry(const Manifest& manifest, const std::string& name);

/// Throws Error, naming the file, the entry and the field, on anything missing, unknown or of the wrong type.
Manifest ParseManifest(const Json& json, const std::filesystem::path& path);

}  // namespace vffn
