#include "reports/figures/figure_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/figures/renderer.h"
#include "reports/figures/text_metrics.h"
#include "tests/base/temporary_folder.h"
#include "tests/reports/sample_figures.h"

namespace vffn {
namespace {

using testing::HasSubstr;

#define VFFN_SKIP_WITHOUT_RENDERER()                                                 \
  if (!HasRenderer()) {                                                              \
    GTEST_SKIP() << "vl-convert is missing in " << VFFN_SETUP_DIR << ": make setup"; \
  }

TEST(FigureFiles, AreWhatWasAsked) {
  VFFN_SKIP_WITHOUT_RENDERER();
  // Every file is checked; they stay in the build folder, to be looked at.
  const std::filesystem::path folder = VFFN_LOOK_DIR "/figures";
  const std::vector<Figure> figures = SampleFigures();
  RenderFigures(figures, folder);
  for (const Figure& figure : figures) {
    for (const char* ending : {".vl.json", ".csv", ".svg", ".pdf", ".png"}) {
      EXPECT_GT(std::filesystem::file_size(folder / (figure.name + ending)), 100u) << figure.name << ending;
    }
  }
}

}  // namespace
}  // namespace vffn
