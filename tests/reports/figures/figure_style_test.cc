// Figures in a style that a user asks for.
#include "reports/figures/figure_style.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "reports/figures/figure_files.h"
#include "reports/figures/panels.h"
#include "reports/figures/renderer.h"
#include "reports/figures/svg_facts.h"
#include "reports/figures/text_metrics.h"
#include "tests/base/temporary_folder.h"
#include "tests/reports/figures/sample_figures.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

OrderedJson StyledSpec(const Figure& figure) { return OrderedJson::parse(CompleteSpecification(figure)); }

/// Another font of the machine; empty without one.
std::string OtherFont() {
  for (const char* font : {"DejaVu Serif", "Liberation Serif", "DejaVu Sans"}) {
    try {
      TextMetrics metrics((std::string(font)));
      return font;
    } catch (const std::exception&) {
    }
  }
  return "";
}

std::vector<Figure> AllFigures(const FigureStyle& style) {
  return {MakeFigure(SampleLoops(), style),  MakeFigure(SampleCosine(40), style),
          MakeFigure(SampleWords(4), style), MakeFigure(SamplePareto(), style),
          MakeFigure(SampleCurves(), style), MakeFigure(SampleExperts(), style),
          MakeFigure(SampleGroups(), style), MakeFigure(SampleReliability(5), style)};
}

TEST(Palette, IsANameOrAListOfColours) {
  EXPECT_EQ(ParsePalette("magma").scheme, "magma");
  EXPECT_EQ(ParsePalette("set2").colours.front(), "#66C2A5");
  EXPECT_THAT(ParsePalette("#0072B2, orange").colours, ElementsAre("#0072B2", "#FFA500"));
  EXPECT_THAT(ErrorOf([] { ParsePalette("virdis"); }),
              AllOf(HasSubstr("\"virdis\" is no colour"), HasSubstr("did you mean viridis?")));
  EXPECT_THAT(ErrorOf([] { NumberColours(ParsePalette("tableau10")); }), HasSubstr("is for series"));
  EXPECT_THAT(ErrorOf([] { OrderedColours(ParsePalette("red,blue"), 4, "loop counts"); }),
              HasSubstr("has 2 colours, but there are 4 loop counts"));
  EXPECT_THAT(ErrorOf([] { OrderedColours(ParsePalette("red"), 4, "loop counts"); }),
              HasSubstr("has 1 colour, but"));
}

TEST(FigureStyle, ColoursTitleAndNoteAreThoseAskedFor) {
  FigureStyle style{.palette = ParsePalette("#111111,#222222,#333333,#444444")};
  LoopsFigure loops = SampleLoops();
  loops.note = "arc_challenge: 5 docs";
  EXPECT_FALSE(StyledSpec(MakeFigure(loops))["vconcat"][0]["title"].contains("subtitle"));
  style.note = true;
  OrderedJson spec = StyledSpec(MakeFigure(loops, style));
  EXPECT_EQ(spec["vconcat"][1]["encoding"]["color"]["scale"]["range"][3], "#444444");
  EXPECT_EQ(spec["config"]["range"]["category"][0], "#111111");
  EXPECT_EQ(spec["vconcat"][0]["title"]["subtitle"], "arc_challenge: 5 docs");
  style.title = false;
  spec = StyledSpec(MakeFigure(loops, style));
  EXPECT_EQ(spec["vconcat"][0]["title"]["text"][0], "arc_challenge: 5 docs");
  style.note = false;
  EXPECT_FALSE(StyledSpec(MakeFigure(loops, style))["vconcat"][0].contains("title"));
}

TEST(FigureStyle, LogarithmicAxesLabelWholeLoops) {
  const OrderedJson y =
      StyledSpec(MakeFigure(SampleLoops(), {.logarithmic = true}))["vconcat"][0]["encoding"]["y"];
  EXPECT_EQ(y["scale"]["type"], "log");
  EXPECT_EQ(y["axis"]["values"].size(), 4u);
}

TEST(FigureStyle, RefusesAWidthWithoutRoom) {
  EXPECT_THAT(ErrorOf([] { MakeFigure(SampleLoops(), {.width = 100}); }),
              HasSubstr("26.4583 mm has no room for its plot"));
}

TEST(FigureStyle, AFontThatIsMissingIsAnError) {
  EXPECT_THAT(ErrorOf([] { MakeFigure(SampleLoops(), {.font = "Liberation Snas"}); }),
              AllOf(HasSubstr("\"Liberation Snas\" is not installed"), HasSubstr("Liberation Sans")));
}

TEST(FigureStyle, OfAnotherFontSizeAndWidthIsDrawn) {
  const std::string font = OtherFont();
  if (!HasRenderer() || font.empty()) {
    GTEST_SKIP() << "vl-convert or a second font is missing: make setup";
  }
  constexpr double kMillimetre = 96 / 25.4;
  // RenderFigures checks width, texts, font and sizes.
  for (const auto& [name, width] : {std::pair("narrow", 80 * kMillimetre), {"wide", 180 * kMillimetre}}) {
    RenderFigures(AllFigures({.font = font, .scale = 1.1, .width = width}),
                  std::string(VFFN_LOOK_DIR) + "/style_" + name);
  }
}

TEST(FigureStyle, ASmallerTextThanAskedForIsNoticed) {
  if (!HasRenderer()) {
    GTEST_SKIP() << "vl-convert is missing: make setup";
  }
  const TemporaryFolder folder;
  Figure figure = MakeFigure(SampleLoops());
  RenderFigures({&figure, 1}, folder.path());
  figure.least_size = 12;
  EXPECT_THAT(ErrorOf([&] { CheckRendering(figure, folder.path()); }), HasSubstr("a text of 9.5 pixels"));
}

TEST(Panels, ShareAxesLegendsAndData) {
  LoopsFigure first = SampleLoops(), second = SampleLoops();
  second.model = "720M";
  const FigureStyle style{.width = 640, .columns = 2};
  const Figure figure = JoinPanels({MakeFigure(first, style), MakeFigure(second, style)},
                                   {.labels = {"354M", "720M"}, .columns = 2}, "Both.");
  CheckFigure(figure);
  const OrderedJson spec = StyledSpec(figure);
  ASSERT_EQ(spec["concat"].size(), 2u);
  EXPECT_EQ(spec["datasets"]["loops"].size(), 30u);
  EXPECT_EQ(spec["datasets"]["loops"][29]["model"], "720M");
  const OrderedJson &left = spec["concat"][0], &right = spec["concat"][1];
  EXPECT_EQ(right["vconcat"][0]["transform"][0]["filter"]["equal"], "720M");
  EXPECT_TRUE(right["vconcat"][0]["encoding"]["y"]["axis"]["title"].is_null());
  EXPECT_EQ(left["vconcat"][0]["encoding"]["y"]["axis"]["title"], "mean loops");
  EXPECT_EQ(right["vconcat"][0]["encoding"]["y"]["axis"]["labelExpr"], "' '");
  EXPECT_TRUE(left["vconcat"][1]["encoding"]["color"]["legend"].is_null());
  EXPECT_EQ(right["vconcat"][1]["encoding"]["color"]["legend"]["title"], "loops");
  if (HasRenderer()) {
    RenderFigures({&figure, 1}, VFFN_LOOK_DIR "/panels");
  }
  EXPECT_THAT(ErrorOf([&] {
                JoinPanels({figure, figure}, {.labels = {"a", "a"}, .columns = 2}, "");
              }),
              HasSubstr("two panels are named a"));
}

}  // namespace
}  // namespace vffn
