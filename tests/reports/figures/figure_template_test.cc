#include "reports/figures/figure_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;

TEST(FigureTemplate, FillsItsPlaces) {
  EXPECT_EQ(FillTemplate(R"({"a": "$text", "b": ["$list", 1.50], "c": {"d": "$none"}})",
                         {{"text", "x \"y\" $list"}, {"list", std::vector{1, 2}}, {"none", nullptr}}),
            R"({"a":"x \"y\" $list","b":[[1,2],1.5],"c":{"d":null}})");
  EXPECT_EQ(FillTemplate(R"(["$number", "$count", "$inner"])",
                         {{"number", 0.1}, {"count", 3}, {"inner", JsonText::Verbatim(R"({"z":1})")}}),
            R"([0.1,3,{"z":1}])");
}

TEST(FigureTemplate, LeavesOutWhatIsNotWanted) {
  const std::string text =
      R"({"layer": [{"$if": "bars", "mark": "$mark"}, 2], "title": {"$if": "bars", "x": 1}})";
  EXPECT_EQ(FillTemplate(text, {{"bars", true}, {"mark", "rule"}}),
            R"({"layer":[{"mark":"rule"},2],"title":{"x":1}})");
  EXPECT_EQ(FillTemplate(text, {{"bars", false}, {"mark", "rule"}}), R"({"layer":[2]})");
}

TEST(FigureTemplate, IsStrict) {
  const auto error_of = [](const TemplateValues& values) {
    return ErrorOf([&] { FillTemplate(R"({"a": "$a", "b": {"$if": "c"}})", values); });
  };
  EXPECT_EQ(error_of({{"a", 1}}), "figure template: the place \"$c\" has no value");
  EXPECT_EQ(error_of({{"c", true}}), "figure template: the place \"$a\" has no value");
  EXPECT_EQ(error_of({{"a", JsonText()}, {"c", true}}), "figure template: the place \"$a\" has no value");
  EXPECT_EQ(error_of({{"a", 1}, {"c", true}, {"d", 1}}), "figure template: the value \"d\" has no place");
  EXPECT_EQ(error_of({{"a", INFINITY}, {"c", true}}),
            "figure template: the value \"a\" is not a finite number");
  EXPECT_THAT(error_of({{"a", 1}, {"c", 1}}), HasSubstr("true or false, not 1"));
  EXPECT_EQ(error_of({{"a", 1}, {"c", false}}), "");
}

TEST(FigureTemplate, ListsMustBeFinite) {
  EXPECT_EQ(ErrorOf([&] {
              FillTemplate(R"("$a")", {{"a", std::vector<double>{1, NAN}}});
            }),
            "figure template: the value \"a\" is not a finite number");
}

}  // namespace
}  // namespace vffn
