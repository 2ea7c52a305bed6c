// The names of runs in tables, figures and pages.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runs/folders/run_notes.h"

namespace vffn {

/// The name that the notes give to a run, else the last part of its model's path: "4-loop" of
/// "models/4-loop/".
std::string RunName(const RunNotes& notes, const std::string& model_path);

/// A run with the name that it would have alone, and its folder.
struct NamedFolder {
  std::string name;
  std::filesystem::path folder;
};

/// A name for each run, no two alike. Runs that would have the same name are called by their folders instead:
/// by the part of the paths that differs, "olmo" and "lm-eval" of output/olmo and output/lm-eval. A run that
/// is there twice has " (2)" behind its name the second time.
std::vector<std::string> DistinctNames(const std::vector<NamedFolder>& runs);

}  // namespace vffn
