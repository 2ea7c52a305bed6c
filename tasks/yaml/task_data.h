// The records of a task file.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "tasks/data_set.h"
#include "tasks/yaml/task_file.h"

namespace vffn {

/// What the docs of a split are for.
enum class SplitUse { kScored, kSolved };

/// The docs of one split, from
///   - dataset_kwargs.data_files: *.jsonl, *.jsonl.gz, *.json (lines, or one array), *.parquet; relative
///   names
///     are below the folder of the task file. Files without the name of a split are the split "train".
///   - dataset_kwargs.data_dir, or a folder that dataset_path names, below the folder of the task file
///   - `data_dir`, in the layouts of data_set.h, with dataset_path as ORG/DATASET, dataset_name as CONFIG and
///     the task's name as NAME; solved examples never come from a file that names no split
/// Throws Error, naming the file of the task and every place looked at, if there is no such data; and as
/// OpenDataSet.
DataSet OpenYamlSplit(const YamlTask& task, const std::string& split, const std::filesystem::path& data_dir,
                      SplitUse use, Completeness completeness);

/// Whether OpenYamlSplit finds records of the scored split.
bool HasYamlData(const YamlTask& task, const std::filesystem::path& data_dir);

/// The names of all fields of all docs.
std::set<std::string> ColumnsOf(const std::vector<Doc>& docs);

}  // namespace vffn
