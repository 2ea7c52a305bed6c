#include "base/yaml_problem.h"

#include <gtest/gtest.h>

namespace vffn {
namespace {

TEST(YamlProblem, SaysWhatToDoWhere) {
  EXPECT_EQ(YamlProblem("illegal map value", 2),
            "line 3: not valid YAML: a colon stands where no value may begin; a text with a colon in "
            "it needs quotes");
  EXPECT_EQ(YamlProblem("unknown escape character: d", 0).substr(0, 49),
            "line 1: not valid YAML: a backslash stands in dou");
  EXPECT_EQ(YamlProblem("something else", -1), "not valid YAML: something else");
}

}  // namespace
}  // namespace vffn
