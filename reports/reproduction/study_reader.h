// A run of a manifest as the study needs it.
#pragma once

#include <filesystem>
#include <optional>

#include "reports/reproduction/finished_run.h"
#include "reports/study/study.h"
#include "runs/manifests/manifest.h"
#include "runs/scores/recorded_run.h"

namespace vffn {

/// From the run's folder: losses of documents, with the entry's controls, and the scores of questions; from
/// `finished` its trace; from `training`, the folder of its training, the logs. What is not there stays
/// empty. Throws Error, naming the file, if one is damaged.
StudyRun ReadStudyRun(const ManifestEntry& entry, const RecordedRun& recorded, const FinishedRun& finished,
                      const std::optional<std::filesystem::path>& training);

}  // namespace vffn
