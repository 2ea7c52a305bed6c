#include "train/run/trained_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace vffn {
namespace {

using testing::EndsWith;
using testing::IsEmpty;
using testing::Not;

/// A wrong field would otherwise be found after hours of training.
TEST(TrainedManifest, EveryPresetOfTheStudyIsValid) {
  const auto folder = std::filesystem::path(VFFN_TESTS_DIR).parent_path() / "configs/study";
  int presets = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().filename().string());
    const Manifest manifest = ParseManifest(ReadJsonFile(entry.path()), entry.path());
    const std::vector<ManifestTrainingRun> runs = TrainingRunsOf(manifest, {.output = "out"});
    EXPECT_THAT(runs, Not(IsEmpty()));
    EXPECT_THAT(manifest.study, Not(IsEmpty()));
    for (const ManifestTrainingRun& run : runs) {
      EXPECT_EQ(run.config.start.from.empty(), run.entry->training->continues.empty()) << run.entry->name;
      if (!run.config.start.from.empty()) {
        EXPECT_THAT(run.config.start.from, EndsWith("/final")) << run.entry->name;
      }
    }
    ++presets;
  }
  EXPECT_EQ(presets, 6);
}

}  // namespace
}  // namespace vffn
