#include "reports/comparison/compared_scores.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "base/error.h"
#include "reports/comparison/published_table.h"

namespace vffn {
namespace {

/// "FILE.csv:ROW" as file and row; the file is empty for "paper:ROW". Nothing for other names.
std::optional<std::pair<std::string, std::string>> TableRow(const std::string& name) {
  constexpr std::string_view kPaper = "paper:", kExtension = ".csv:";
  if (name.starts_with(kPaper)) {
    return std::pair(std::string(), name.substr(kPaper.size()));
  }
  const size_t at = name.rfind(kExtension);
  if (at == std::string::npos) {
    return std::nullopt;
  }
  return std::pair(name.substr(0, at + kExtension.size() - 1), name.substr(at + kExtension.size()));
}

}  // namespace

ScoreSet ReadComparedScores(const std::string& name, const ScoreOptions& options) {
  if (const auto row = TableRow(name)) {
    const PublishedTable table = row->first.empty() ? PaperTable() : ReadPublishedTable(row->first, {});
    ScoreSet set = ScoresOfRow(table, row->second);
    set.name = name;
    return set;
  }
  VFFN_CHECK(std::filesystem::exists(name), name,
             ": there is no such file or folder (rows of published tables are named paper:SCALE/ROW or "
             "FILE.csv:ROW)");
  return ReadScoreSet(name, options);
}

}  // namespace vffn
