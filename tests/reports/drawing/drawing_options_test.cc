// What the options of `vffn figure` mean.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/drawing/drawing_files.h"
#include "reports/drawing/figure_kinds.h"
#include "reports/drawing/layer_list.h"
#include "reports/drawing/length.h"
#include "reports/drawing/panel_drawing.h"
#include "reports/drawing/renaming.h"
#include "reports/drawing/size_search.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Length, HasAUnitOrAName) {
  constexpr double kMillimetre = 96 / 25.4;
  EXPECT_DOUBLE_EQ(ParseLength("80mm", "--width"), 80 * kMillimetre);
  EXPECT_DOUBLE_EQ(ParseLength("80", "--width"), 80 * kMillimetre);
  EXPECT_DOUBLE_EQ(ParseLength("8.5 cm", "--width"), 85 * kMillimetre);
  EXPECT_DOUBLE_EQ(ParseLength("3in", "--width"), 288);
  EXPECT_DOUBLE_EQ(ParseLength("144pt", "--width"), 192);
  EXPECT_DOUBLE_EQ(ParseLength("300px", "--width"), 300);
  EXPECT_DOUBLE_EQ(ParseLength("column", "--width"), 96 * 3.3);
  for (const char* wrong : {"", "wide", "80 furlongs", "mm", "-80mm", "nan", "1mm", "5000mm", "80mm2"}) {
    EXPECT_THAT(ErrorOf([&] { ParseLength(wrong, "--width"); }), HasSubstr("--width " + std::string(wrong)))
        << wrong;
  }
  EXPECT_THAT(ErrorOf([] { ParseLength("colunm", "--width"); }), HasSubstr("did you mean column?"));
}

TEST(LayerList, HasNumbersAndRanges) {
  EXPECT_THAT(ParseLayerList("0-2,14", "--layers"), ElementsAre(0, 1, 2, 14));
  EXPECT_THAT(ParseLayerList("5, 3,3", "--layers"), ElementsAre(3, 5));
  EXPECT_THAT(ParseLayerList("", "--layers"), IsEmpty());
  for (const char* wrong : {"a", "1-", "-1", "3-1", "1,,2", "1.5", "0-99999999999"}) {
    EXPECT_THAT(ErrorOf([&] { ParseLayerList(wrong, "--layers"); }),
                HasSubstr("--layers " + std::string(wrong)))
        << wrong;
  }
}

TEST(Renaming, RenamesWhatIsThere) {
  Renaming names({"a=Ours", "b c=B = C"});
  EXPECT_EQ(names.Of("a"), "Ours");
  EXPECT_EQ(names.Of("other"), "other");
  EXPECT_THAT(ErrorOf([&] { names.CheckAllUsed(); }), AllOf(HasSubstr("b c"), HasSubstr("other")));
  EXPECT_EQ(names.Of("b c"), "B = C");
  names.CheckAllUsed();
  EXPECT_THAT(ErrorOf([] { Renaming({"a"}); }), HasSubstr("give OLD=NEW"));
  EXPECT_THAT(ErrorOf([] { Renaming({"a=b", "a=c"}); }), HasSubstr("renamed twice"));
}

TEST(FigureTarget, IsAFolderOrAFile) {
  const TemporaryFolder folder;
  FigureTarget target = ParseTarget(folder / "new/fig.4.pdf", {});
  EXPECT_EQ(target.folder, folder / "new");
  EXPECT_EQ(target.stem, "fig.4");
  EXPECT_THAT(target.formats, ElementsAre("pdf"));
  target = ParseTarget(folder / "new", {"svg", "png"});
  EXPECT_EQ(target.folder, folder / "new");
  EXPECT_THAT(target.formats, ElementsAre("svg", "png"));
  EXPECT_EQ(target.FileOf("loops", ".svg"), folder / "new/loops.svg");
  EXPECT_THAT(ErrorOf([&] { ParseTarget(folder / "a.pdf", {"svg"}); }), HasSubstr("asks for svg"));
  EXPECT_THAT(ErrorOf([&] { ParseTarget(folder.path(), {"jpg"}); }), HasSubstr("choose from svg, pdf, png"));
  EXPECT_THAT(ErrorOf([&] { ParseTarget(folder / "a.eps", {}); }), HasSubstr("written as svg, pdf, png"));
  EXPECT_THAT(ErrorOf([&] { ParseTarget(folder / "a.PDF", {}); }), HasSubstr("written as svg, pdf, png"));
  EXPECT_EQ(ParseTarget(folder / "v1.2", {}).folder, folder / "v1.2");
  WriteFile(folder / "file", "x");
  EXPECT_THAT(ErrorOf([&] { ParseTarget(folder / "file", {}); }), HasSubstr("is a file, not a folder"));
}

TEST(JoinSentences, LeavesOutWhatIsThere) {
  EXPECT_EQ(JoinSentences({"A: 1.5 of 2. Bars: x.", "B: 2. Bars: x."}), "A: 1.5 of 2. Bars: x. B: 2.");
}

TEST(SizeSearch, FindsALinearSize) {
  SizeSearch search(0, 1);
  const auto measure = [](double value) { return std::round(300 + 3 * value); };
  for (int i = 0; i < 6; ++i) {
    search.Update(measure(search.value()), 240);
  }
  EXPECT_EQ(measure(search.value()), 240);
}

TEST(FigureKinds, AreFoundByName) {
  EXPECT_TRUE(FindFigureKind("loops").of_trace);
  EXPECT_THAT(ErrorOf([] { FindFigureKind("loop"); }), HasSubstr("did you mean loops?"));
}

}  // namespace
}  // namespace vffn
