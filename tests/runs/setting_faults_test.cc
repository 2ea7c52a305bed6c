#include "runs/setting_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/interrupted.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

TEST(SettingFaults, CollectsAll) {
  SettingFaults faults;
  EXPECT_TRUE(faults.Try("model", [] {}));
  faults.Throw();
  EXPECT_FALSE(faults.Try("model", [] { Fail("there is no x"); }));
  faults.Try("model", [] { Fail("there is no x"); });  // once is enough
  faults.Try("trace", [] { Fail("--trace_layers 9: the model has 3"); });
  try {
    faults.Throw();
    FAIL();
  } catch (const SettingErrors& errors) {
    EXPECT_EQ(std::string(errors.what()),
              "2 things are wrong:\n  there is no x\n  --trace_layers 9: the model has 3");
    SettingFaults others;
    others.Try("anything", [&] { throw errors; });
    EXPECT_THAT(others.faults(), ElementsAre(Field(&SettingFault::setting, "model"),
                                             Field(&SettingFault::setting, "trace_layers")));
  }
  SettingFaults one;
  one.Try("model", [] { Fail("there is no x"); });
  EXPECT_STREQ(SettingErrors(one.faults()).what(), "there is no x");
  EXPECT_THROW(one.Try("model", [] { throw Interrupted("stop"); }), Interrupted);
}

}  // namespace
}  // namespace vffn
