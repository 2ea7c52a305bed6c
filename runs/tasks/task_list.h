// The tasks that a list names.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runs/tasks/task_catalogue.h"

namespace vffn {

/// The names of all groups; the first is "all", the paper's eight.
std::vector<std::string> GroupNames(std::span<const CatalogueTask> catalogue);

/// The tasks of the files *.yaml in a folder and those below it (tasks/yaml/task_collection.h), before those
/// of `catalogue`. A task whose name the catalogue has is "yaml:NAME". Says on standard error how many
/// files are left out.
std::vector<CatalogueTask> WithTaskFiles(std::vector<CatalogueTask> catalogue,
                                         const std::filesystem::path& folder);

/// The tasks of a list separated by commas or blanks. A word is
/// - a name, alias or label of the catalogue; with ":bpb" behind it, the right answers alone of a
///   multiple-choice request file (RightAnswersOf);
/// - a group; "bpb" has the right answers of files that have labels for them, too;
/// - a pattern ("arc_*"; "*", "?", "[...]", of which none stands for "/") over names and aliases, and over
///   labels if it fits none of these;
/// - "PATH.yaml": a task file of lm-evaluation-harness, or a group of those in its folder
/// - "oe:NAME": a request file by name or path, which may have blanks.
/// A task that groups and patterns name again counts once. Throws Error on an unknown word, with the names
/// like it, on a pattern that fits nothing, and on a task that is named twice.
std::vector<CatalogueTask> SelectTasks(std::span<const CatalogueTask> catalogue, const std::string& list);

}  // namespace vffn
