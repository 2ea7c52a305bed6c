// What figures say, before anything is drawn.
#include "reports/figures/figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "reports/figures/token_text.h"
#include "tests/base/temporary_folder.h"
#include "tests/reports/figures/sample_figures.h"

namespace vffn {
namespace {

using testing::HasSubstr;

/// Calls visit(object) for every object in a specification, datasets left out.
template <class Visitor>
void VisitObjects(const OrderedJson& value, Visitor&& visit) {
  if (value.is_object()) {
    visit(value);
  }
  if (value.is_structured()) {
    for (const auto& [key, part] : value.items()) {
      if (key != "datasets") {
        VisitObjects(part, visit);
      }
    }
  }
}

TEST(Figure, HasASpecificationThatHoldsTogether) {
  for (const Figure& figure : SampleFigures()) {
    SCOPED_TRACE(figure.name);
    CheckFigure(figure);
    EXPECT_EQ(figure.spec["$schema"], "https://vega.github.io/schema/vega-lite/v6.json");
    EXPECT_EQ(figure.spec["background"], "white");
    size_t marks = 0;
    VisitObjects(figure.spec, [&](const OrderedJson& object) {
      if (object.contains("mark")) {
        ++marks;
        EXPECT_TRUE(object["mark"].contains("type")) << object.dump();
        EXPECT_TRUE(object["encoding"].is_object()) << object.dump();
      }
      if (object.contains("data") && object["data"].contains("name")) {
        const std::string name = object["data"]["name"];
        ASSERT_TRUE(figure.spec["datasets"].contains(name)) << name;
        EXPECT_FALSE(figure.spec["datasets"][name].empty()) << name;
      }
      if (object.contains("transform")) {
        EXPECT_TRUE(object["transform"].is_array() && object["transform"][0].is_object()) << object.dump();
      }
      EXPECT_FALSE(object.contains("url")) << "a page must need no network";
    });
    EXPECT_GT(marks, 0u);
  }
}

TEST(Figure, DataAreCsv) {
  const OrderedJson rows = {{{"a", 1}, {"b", "x,\"y\""}}, {{"a", nullptr}, {"c", 0.5}}};
  EXPECT_EQ(DatasetCsv(rows), "a,b,c\n1,\"x,\"\"y\"\"\",\n,,0.5\n");
}

TEST(Figure, RefusesNumbersThatAreNone) {
  Figure figure = MakeFigure(SampleCurves());
  figure.spec["datasets"]["curves"][3]["y"] = NAN;
  EXPECT_EQ(ErrorOf([&] { CheckFigure(figure); }),
            "figure curves: not a finite number at /datasets/curves/3/y");
  figure.name = "a/b";
  EXPECT_THAT(ErrorOf([&] { CheckFigure(figure); }), HasSubstr("cannot be named \"a/b\""));
}

TEST(LoopsFigure, HasOneLegendAndSaysWhatTheBarsAre) {
  const Figure figure = MakeFigure(SampleLoops(2, true));
  EXPECT_EQ(figure.caption,
            "Mean loops per layer (made-up data). Bars: 95% interval, clustered by document.");
  const OrderedJson& columns = figure.spec["hconcat"];
  EXPECT_TRUE(columns[0]["vconcat"][1]["encoding"]["color"]["legend"].is_null());
  EXPECT_TRUE(columns[1]["vconcat"][1]["encoding"]["color"]["legend"].is_object());
}

TEST(LoopsFigure, RefusesWhatCannotBe) {
  LoopsFigure loops = SampleLoops(2, true);
  loops.panels[1].layers[3].mean = 4.5;
  EXPECT_EQ(ErrorOf([&] { MakeFigure(loops); }), "loops of 720M, layer 3: a mean of 4.5 is not within 1..4");
  loops = SampleLoops(1, true);
  loops.panels[0].layers[0].shares[0] += 0.1;
  EXPECT_THAT(ErrorOf([&] { MakeFigure(loops); }), HasSubstr("the shares add up to 1.1"));
  loops = SampleLoops(1, false);
  loops.panels[0].layers[5].low = 3.9;
  EXPECT_THAT(ErrorOf([&] { MakeFigure(loops); }), HasSubstr("layer 5: the mean"));
}

TEST(CosineFigure, DrawsTheFirstOfManyTokensAndSaysSo) {
  const Figure figure = MakeFigure(SampleCosine(1, 150));
  EXPECT_EQ(figure.spec["datasets"]["cosine"].size(), 96u * 96);
  EXPECT_THAT(figure.spec["vconcat"][0]["title"]["subtitle"].get<std::string>(),
              HasSubstr("first 96 of 150 tokens"));
  CosineFigure wrong = SampleCosine(1, 3);
  wrong.panels[0].cosine.pop_back();
  EXPECT_EQ(ErrorOf([&] { MakeFigure(wrong); }), "cosines of 354M: 8 values for 3 tokens");
  wrong.panels[0].cosine.push_back(NAN);
  EXPECT_THAT(ErrorOf([&] { MakeFigure(wrong); }), HasSubstr("is not within -1..1"));
}

TEST(WordCloudFigure, HasEveryWord) {
  WordCloudFigure cloud = SampleWords(4);
  cloud.max_words = 40;
  const Figure figure = MakeFigure(cloud);
  EXPECT_EQ(figure.spec["datasets"]["words"].size(), 160u);
  for (const OrderedJson& word : figure.spec["datasets"]["words"]) {
    EXPECT_TRUE(word.contains("font_size") && word.contains("count")) << word.dump();
  }
  cloud.panels[0].words[0].text = "two words";
  EXPECT_EQ(ErrorOf([&] { MakeFigure(cloud); }), "word cloud: \"two words\" is not one word");
}

TEST(WordCloudFigure, SaysHowManyWordsHadNoRoom) {
  WordCloudFigure cloud = SampleWords(1);
  cloud.panel_height = 14;
  const Figure figure = MakeFigure(cloud);
  EXPECT_THAT(figure.spec["datasets"]["panels"][0]["note"].get<std::string>(),
              HasSubstr(" of 60 words had no room"));
  EXPECT_EQ(figure.spec["datasets"]["words"].size(), 60u);
}

TEST(ParetoFigure, RefusesWhatCannotBe) {
  ParetoFigure pareto = SamplePareto();
  pareto.points[2].accuracy = 51.47;
  EXPECT_EQ(ErrorOf([&] { MakeFigure(pareto); }),
            "Pareto plot: 2-Loop has an accuracy of 51.47, which is no fraction");
  pareto.points.clear();
  EXPECT_EQ(ErrorOf([&] { MakeFigure(pareto); }), "the Pareto plot has no points");
}

TEST(ParetoFigure, LabelsDoNotLieOutside) {
  const Figure figure = MakeFigure(SamplePareto());
  for (const OrderedJson& label : figure.spec["datasets"]["labels"]) {
    EXPECT_GE(label["x"], 0) << label.dump();
    EXPECT_LE(label["x"], figure.spec["width"]) << label.dump();
    EXPECT_GE(label["y"], 5) << label.dump();
    EXPECT_LE(label["y"], figure.spec["height"]) << label.dump();
  }
}

TEST(ExpertLoadFigure, RefusesWhatCannotBe) {
  ExpertLoadFigure load = SampleExperts(1);
  load.panels[0].shares[2].pop_back();
  EXPECT_EQ(ErrorOf([&] { MakeFigure(load); }), "expert load of 354M, layer 2: 7 experts, but 8 in layer 0");
}

TEST(TokenText, IsVisible) {
  EXPECT_EQ(VisibleToken(" the"), "·the");
  EXPECT_EQ(VisibleToken("\n\t\x01"), "\\n\\t\\x01");
  EXPECT_EQ(VisibleToken("\xF0\x9F"), "\\xF0\\x9F");
  EXPECT_EQ(VisibleToken("caf\xC3\xA9\xC3"), "café\\xC3");
  EXPECT_EQ(VisibleToken(""), "(empty)");
}

}  // namespace
}  // namespace vffn
