// Checking all checkpoints of a manifest before the first one is run.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "runs/forecast.h"
#include "runs/manifests/manifest_runs.h"
#include "runs/setting_faults.h"

namespace vffn {

/// Further checks, of what this folder does not know: rows of tables, training. They note faults of fields.
struct ManifestChecks {
  std::function<void(SettingFaults&)> manifest = [](SettingFaults&) {};
  std::function<void(const ManifestEntry&, SettingFaults&)> entry = [](const ManifestEntry&, SettingFaults&) {
  };
};

/// What would be done for an entry.
struct EntryForecast {
  const ManifestEntry* entry = nullptr;
  bool trained_first = false;  ///< its checkpoint is not there yet: nothing below is known
  RunForecast run;
  std::vector<std::pair<std::string, RunForecast>> losses;  ///< by model options
};

/// Checks every checkpoint that is there: model, tokenizer, data, device, trace, text of the losses, folder
/// and ledger; of one that is trained first what can be checked without it. Writes nothing. Throws Error that
/// lists all faults, a line each that begins with file, entry and field:
///   paper.json: checkpoints[2] (4-Loop): tokenizer: there is no file x
/// Options in messages are called by the names of the manifest's fields. A fault of a field of the whole
/// manifest is listed once.
std::vector<EntryForecast> CheckManifest(const Manifest& manifest, const ManifestOptions& options,
                                         const ManifestChecks& further = {});

}  // namespace vffn
