// What figures say, before anything is drawn.
#include "reports/figures/figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/json.h"
#include "reports/figures/token_text.h"
#include "tests/base/temporary_folder.h"
#include "tests/reports/figures/sample_figures.h"

namespace vffn {
namespace {

using testing::HasSubstr;

OrderedJson SpecOf(const Figure& figure) { return OrderedJson::parse(CompleteSpecification(figure)); }

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

/// The marks of a specification. Each has a type, and an encoding of its own or of a view around it.
size_t CountMarks(const OrderedJson& view, bool encoded) {
  encoded = encoded || view.contains("encoding");
  size_t marks = view.contains("mark");
  EXPECT_TRUE(marks == 0 || (encoded && view["mark"].contains("type"))) << view.dump();
  for (const char* views : {"layer", "vconcat", "hconcat", "concat"}) {
    if (view.contains(views)) {
      for (const OrderedJson& inner : view[views]) {
        marks += CountMarks(inner, encoded);
      }
    }
  }
  return marks + (view.contains("spec") ? CountMarks(view["spec"], encoded) : 0);
}

TEST(Figure, HasASpecificationThatHoldsTogether) {
  for (const Figure& figure : SampleFigures()) {
    SCOPED_TRACE(figure.name);
    CheckFigure(figure);
    const OrderedJson spec = SpecOf(figure);
    std::set<std::string> named;
    EXPECT_EQ(spec["$schema"], "https://vega.github.io/schema/vega-lite/v6.json");
    EXPECT_EQ(spec["background"], "white");
    VisitObjects(spec, [&](const OrderedJson& object) {
      if (object.contains("data") && object["data"].contains("name")) {
        const std::string name = object["data"]["name"];
        ASSERT_TRUE(spec["datasets"].contains(name)) << name;
        EXPECT_FALSE(spec["datasets"][name].empty()) << name;
        named.insert(name);
      }
      if (object.contains("transform")) {
        EXPECT_TRUE(object["transform"].is_array() && object["transform"][0].is_object()) << object.dump();
      }
      EXPECT_FALSE(object.contains("url")) << "a page must need no network";
    });
    EXPECT_GT(CountMarks(spec, false), 0u);
    EXPECT_EQ(named.size(), figure.datasets.size()) << "a dataset that nothing draws";
  }
}

TEST(Figure, DataAreCsv) {
  const Dataset data{
      .name = "d",
      .rows = {{{"a", 1}, {"b", "x,\"y\""}, {"absent", JsonText()}}, {{"a", nullptr}, {"c", 0.5}}}};
  EXPECT_EQ(DatasetCsv(data), "a,b,c\n1,\"x,\"\"y\"\"\",\n,,0.5\n");
}

TEST(Figure, RefusesNumbersThatAreNone) {
  Figure figure = MakeFigure(SampleCurves());
  figure.datasets[0].rows[3].back().second = NAN;
  EXPECT_EQ(ErrorOf([&] { CheckFigure(figure); }),
            "figure training: not a finite number at /datasets/curves/3/y");
  figure.name = "a/b";
  EXPECT_THAT(ErrorOf([&] { CheckFigure(figure); }), HasSubstr("cannot be named \"a/b\""));
}

TEST(LoopsFigure, HasOneLegendAndSaysWhatTheBarsAre) {
  const Figure figure = MakeFigure(SampleLoops());
  EXPECT_EQ(figure.caption,
            "Mean loops per layer (made-up data). Bars: 95 % interval, clustered by document.");
  size_t legends = 0;
  VisitObjects(SpecOf(figure), [&](const OrderedJson& object) {
    legends += object.contains("legend") && object["legend"].contains("title");
  });
  EXPECT_EQ(legends, 1u);
}

TEST(LoopsFigure, RefusesWhatCannotBe) {
  LoopsFigure loops = SampleLoops();
  loops.layers[3].mean = 4.5;
  EXPECT_EQ(ErrorOf([&] { MakeFigure(loops); }), "loops of 354M, layer 3: a mean of 4.5 is not within 1..4");
  loops = SampleLoops();
  loops.layers[0].shares[0] += 0.1;
  EXPECT_THAT(ErrorOf([&] { MakeFigure(loops); }), HasSubstr("the shares add up to 1.1"));
  loops = SampleLoops();
  loops.layers[5].low = 3.9;
  EXPECT_THAT(ErrorOf([&] { MakeFigure(loops); }), HasSubstr("layer 5: the mean"));
}

TEST(CosineFigure, DrawsTheFirstOfManyTokensAndSaysSo) {
  const Figure figure = MakeFigure(SampleCosine(150));
  EXPECT_EQ(figure.datasets[0].rows.size(), 96u * 96);
  EXPECT_THAT(SpecOf(figure)["title"]["subtitle"].get<std::string>(), HasSubstr("first 96 of 150 tokens"));
  CosineFigure wrong = SampleCosine(3);
  wrong.cosine.pop_back();
  EXPECT_EQ(ErrorOf([&] { MakeFigure(wrong); }), "cosines of 354M: 8 values for 3 tokens");
  wrong.cosine.push_back(NAN);
  EXPECT_THAT(ErrorOf([&] { MakeFigure(wrong); }), HasSubstr("is not within -1..1"));
}

TEST(WordCloudFigure, HasEveryWord) {
  WordCloudFigure cloud = SampleWords(4);
  for (CloudPanel& panel : cloud.panels) {
    panel.words.resize(40);
  }
  const OrderedJson words = SpecOf(MakeFigure(cloud))["datasets"]["words"];
  EXPECT_EQ(words.size(), 160u);
  for (const OrderedJson& word : words) {
    EXPECT_TRUE(word.contains("font_size") && word.contains("count")) << word.dump();
  }
  cloud.panels[0].words[0].text = "two words";
  EXPECT_EQ(ErrorOf([&] { MakeFigure(cloud); }), "word cloud: \"two words\" is not one word");
}

TEST(WordCloudFigure, SaysHowManyWordsHadNoRoom) {
  WordCloudFigure cloud = SampleWords(1);
  for (CloudWord& word : cloud.panels[0].words) {
    word.text += std::string(100, 'm');
  }
  const OrderedJson data = SpecOf(MakeFigure(cloud))["datasets"];
  EXPECT_THAT(data["panels"][0]["note"].get<std::string>(), HasSubstr(" of 60 words had no room"));
  EXPECT_EQ(data["words"].size(), 60u);
}

TEST(ParetoFigure, RefusesWhatCannotBe) {
  ParetoFigure pareto = SamplePareto();
  pareto.points[2].accuracy = 51.47;
  EXPECT_EQ(ErrorOf([&] { MakeFigure(pareto); }),
            "Pareto plot: 2-Loop has an accuracy of 51.47, which is not a fraction");
  pareto.points.clear();
  EXPECT_EQ(ErrorOf([&] { MakeFigure(pareto); }), "the Pareto plot has no points");
}

TEST(ParetoFigure, LabelsDoNotLieOutside) {
  const OrderedJson spec = SpecOf(MakeFigure(SamplePareto()));
  for (const OrderedJson& label : spec["datasets"]["labels"]) {
    EXPECT_GE(label["x"], 0) << label.dump();
    EXPECT_LE(label["x"], spec["width"]) << label.dump();
    EXPECT_GE(label["y"], 5) << label.dump();
    EXPECT_LE(label["y"], spec["height"]) << label.dump();
  }
}

TEST(ExpertLoadFigure, RefusesWhatCannotBe) {
  ExpertLoadFigure load = SampleExperts();
  load.shares[2].pop_back();
  EXPECT_EQ(ErrorOf([&] { MakeFigure(load); }), "expert load of 354M, layer 2: 7 experts, but 8 in layer 0");
}

TEST(GroupMeansFigure, RefusesWhatCannotBe) {
  GroupMeansFigure means = SampleGroups();
  means.panels[0].points[1].low = means.panels[0].points[1].mean + 1;
  EXPECT_THAT(ErrorOf([&] { MakeFigure(means); }),
              HasSubstr("figure skills, mean loops: code: python: the mean"));
  means.panels[0].points.pop_back();
  EXPECT_THAT(ErrorOf([&] { MakeFigure(means); }), HasSubstr("4 means for 5 groups"));
}

TEST(ReliabilityFigure, RefusesWhatCannotBe) {
  ReliabilityFigure figure = SampleReliability(2);
  figure.panels[1].title = figure.panels[0].title;
  EXPECT_THAT(ErrorOf([&] { MakeFigure(figure); }), HasSubstr("two panels have this title"));
  figure = SampleReliability(2);
  figure.panels[1].bins[0].accuracy = 1.5;
  EXPECT_EQ(ErrorOf([&] { MakeFigure(figure); }), "figure reliability, task_1: 1.5 is not within 0 to 1");
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
