#include "reports/comparison/run_folder.h"

#include "base/json.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

bool IsTrueAt(const fs::path& path, const char* pointer) {
  const Json file = ReadJsonFile(path);
  const Json::json_pointer at(pointer);
  return file.contains(at) && file[at] == true;
}

}  // namespace

std::string ModelLabel(const std::string& name, bool untrained) {
  return untrained ? name + " [UNTRAINED]" : name;
}

std::optional<fs::path> LatestResults(const fs::path& folder) {
  std::optional<fs::path> latest;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("results_") && name.ends_with(".json") && (!latest || *latest < entry.path())) {
      latest = entry.path();
    }
  }
  return latest;
}

bool IsUntrainedRun(const fs::path& folder) {
  if (!fs::exists(folder / kLedgerFile)) {
    return false;
  }
  const std::optional<fs::path> results = LatestResults(folder);
  const fs::path notes = folder / kRunNotesFile;
  return (results && IsTrueAt(*results, "/vffn/model/untrained")) ||
         (fs::exists(notes) && IsTrueAt(notes, "/untrained"));
}

}  // namespace vffn
