// The folder that vffn eval leaves: a ledger, results, perhaps samples, a trace and a run.json.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace vffn {

inline constexpr const char* kLedgerFile = "ledger.jsonl";
inline constexpr const char* kRunNotesFile = "run.json";

/// "NAME", or "NAME [UNTRAINED]": how the numbers of a model are labelled everywhere.
std::string ModelLabel(const std::string& name, bool untrained);

/// The latest results_*.json of a folder (dates sort as text); nothing if it has none.
std::optional<std::filesystem::path> LatestResults(const std::filesystem::path& folder);

/// Whether a run's numbers are of weights that never were trained as they stand: its latest results
/// (vffn.model.untrained) or its run.json say so. False for a folder without a ledger: another program's.
/// Throws Error, naming the file, if one of them is damaged.
bool IsUntrainedRun(const std::filesystem::path& folder);

}  // namespace vffn
