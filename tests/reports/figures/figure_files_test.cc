#include "reports/figures/figure_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "reports/figures/renderer.h"
#include "reports/figures/text_metrics.h"
#include "tests/base/temporary_folder.h"
#include "tests/reports/figures/sample_figures.h"

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

TEST(FigureFiles, NamesOfAnyLengthFit) {
  VFFN_SKIP_WITHOUT_RENDERER();
  const std::string words =
      "OLMo-354M VersatileFFN of step_120000 of a second run with another seed [UNTRAINED]";
  const std::string unbroken(90, 'W');
  CosineFigure cosine = SampleCosine(20);
  ExpertLoadFigure experts = SampleExperts();
  LoopsFigure loops = SampleLoops();
  WordCloudFigure cloud = SampleWords(2);
  ParetoFigure pareto = SamplePareto();
  CurvesFigure curves = SampleCurves();
  cosine.model = cloud.title = experts.model = unbroken;
  loops.model = words;
  for (size_t i = 0; i < pareto.points.size(); ++i) {
    pareto.points[i].label = (i % 2 == 0 ? words : unbroken) + std::to_string(i);
  }
  for (CurvesPanel& panel : curves.panels) {
    for (Curve& curve : panel.curves) {
      curve.name = "a continued pre-training of " + curve.name;
    }
  }
  const std::vector<Figure> figures = {MakeFigure(cosine), MakeFigure(experts), MakeFigure(loops),
                                       MakeFigure(cloud),  MakeFigure(pareto),  MakeFigure(curves)};
  RenderFigures(figures, VFFN_LOOK_DIR "/long_names");  // which checks widths and texts

  curves.panels[0].curves[0].name = unbroken;
  EXPECT_THAT(ErrorOf([&] { MakeFigure(curves); }), HasSubstr("too long for its legend"));
}

TEST(FigureFiles, WhatIsMissingIsNoticed) {
  VFFN_SKIP_WITHOUT_RENDERER();
  const TemporaryFolder folder;
  Figure figure = MakeFigure(SampleWords(2));
  RenderFigures({&figure, 1}, folder.path());

  figure.texts.push_back("absent");
  EXPECT_THAT(ErrorOf([&] { CheckRendering(figure, folder.path()); }), HasSubstr("\"absent\" was not drawn"));
  figure.texts.back() = "clean";  // it is there twice, once a panel, and no third time
  EXPECT_THAT(ErrorOf([&] { CheckRendering(figure, folder.path()); }), HasSubstr("\"clean\" was not drawn"));
  figure.texts.pop_back();
  figure.width = kColumnWidth;
  EXPECT_THAT(ErrorOf([&] { CheckRendering(figure, folder.path()); }),
              HasSubstr("pixels wide, but its place has"));
  figure.width = kTextWidth;
  CheckRendering(figure, folder.path());

  WriteFile(folder / "words-2.pdf", ReadFile(folder / "words-2.pdf").substr(0, 1000));
  EXPECT_THAT(ErrorOf([&] { CheckRendering(figure, folder.path()); }),
              HasSubstr("words-2.pdf: not a whole PDF"));
  WriteFile(folder / "words-2.svg", ReadFile(folder / "words-2.svg").substr(0, 1000));
  EXPECT_THAT(ErrorOf([&] { CheckRendering(figure, folder.path()); }),
              HasSubstr("words-2.svg: not well-formed"));
}

TEST(FigureFiles, BlankImagesAreNoticed) {
  VFFN_SKIP_WITHOUT_RENDERER();
  const TemporaryFolder folder;
  Figure figure = MakeFigure(SampleWords(1));
  // Everything is there, and white.
  OrderedJson spec = OrderedJson::parse(figure.specification);
  spec["config"]["text"]["color"] = "white";
  spec["title"]["color"] = "white";
  for (OrderedJson& layer : spec["layer"]) {
    layer["mark"]["color"] = "white";
    layer["mark"]["stroke"] = "white";
    layer["encoding"].erase("color");
  }
  figure.specification = spec.dump();
  EXPECT_THAT(ErrorOf([&] { RenderFigures({&figure, 1}, folder.path()); }), HasSubstr("words-1.png: blank"));
}

TEST(FigureFiles, AMissingRendererIsNamed) {
  setenv("VFFN_PYTHON", "/nonexistent/python", 1);
  const TemporaryFolder folder;
  const Figure figure = MakeFigure(SampleCurves());
  const std::string message = ErrorOf([&] { RenderFigures({&figure, 1}, folder.path()); });
  unsetenv("VFFN_PYTHON");
  EXPECT_THAT(message, HasSubstr("/nonexistent/python cannot be run"));
  EXPECT_THAT(message, HasSubstr("make setup"));
}

}  // namespace
}  // namespace vffn
