#include "base/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string ErrorTextOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Fields, ReadsTypedValues) {
  const Json json = {{"name", "piqa"}, {"docs", 7}, {"ratio", 0.5}, {"flag", true}, {"ids", {1, 2}}};
  const Fields fields(json, "f.json");
  EXPECT_EQ(fields.Get<std::string>("name"), "piqa");
  EXPECT_EQ(fields.Get<int>("docs"), 7);
  EXPECT_EQ(fields.Get<double>("docs"), 7.0);
  EXPECT_EQ(fields.Get<double>("ratio"), 0.5);
  EXPECT_TRUE(fields.Get<bool>("flag"));
  EXPECT_THAT(fields.Get<std::vector<int64_t>>("ids"), ElementsAre(1, 2));
  EXPECT_EQ(fields.Get<int>("absent", 3), 3);
  EXPECT_FALSE(fields.Optional<int>("absent").has_value());
}

TEST(Fields, NamesFileAndPathOfWhatIsMissing) {
  const Json json = {{"vffn", {{"tasks", {{"piqa", Json::object()}}}}}};
  EXPECT_EQ(ErrorTextOf(
                [&] { Fields(json, "r.json").Object("vffn").Object("tasks").Object("piqa").Count("docs"); }),
            "r.json: vffn.tasks.piqa.docs is missing");
}

TEST(Fields, NullIsAbsent) {
  const Json json = {{"limit", nullptr}};
  const Fields fields(json, "f.json");
  EXPECT_FALSE(fields.Has("limit"));
  EXPECT_TRUE(fields.IsNull("limit"));
  EXPECT_FALSE(fields.IsNull("batch_size"));
  EXPECT_EQ(ErrorTextOf([&] { fields.Get<int>("limit"); }), "f.json: limit is missing");
}

TEST(Fields, RefusesOtherTypes) {
  const Json json = {{"a", "7"}, {"b", 1.5}, {"c", 1}, {"d", 5}, {"e", {1, "x"}}};
  const Fields fields(json, "f.json");
  EXPECT_EQ(ErrorTextOf([&] { fields.Get<int>("a"); }), "f.json: a is \"7\", should be a whole number");
  EXPECT_EQ(ErrorTextOf([&] { fields.Get<int>("b"); }), "f.json: b is 1.5, should be a whole number");
  EXPECT_EQ(ErrorTextOf([&] { fields.Get<bool>("c"); }), "f.json: c is 1, should be true or false");
  EXPECT_EQ(ErrorTextOf([&] { fields.Get<std::string>("d"); }), "f.json: d is 5, should be a string");
  EXPECT_EQ(ErrorTextOf([&] { fields.Get<std::vector<int>>("e"); }),
            "f.json: e is \"x\", should be a whole number");
  EXPECT_EQ(ErrorTextOf([&] { fields.Object("d"); }), "f.json: d should be a JSON object, is of type number");
}

TEST(Fields, RefusesIntegersOutOfRange) {
  const Json json = {{"big", UINT64_MAX}, {"negative", -1}, {"byte", 256}};
  const Fields fields(json, "f.json");
  EXPECT_THAT(ErrorTextOf([&] { fields.Get<int64_t>("big"); }), HasSubstr("should be a whole number from"));
  EXPECT_THAT(ErrorTextOf([&] { fields.Count("negative"); }), HasSubstr("negative is -1"));
  EXPECT_THAT(ErrorTextOf([&] { fields.Get<uint8_t>("byte"); }), HasSubstr("from 0 to 255"));
  EXPECT_THAT(ErrorTextOf([&] { fields.Get<uint64_t>("negative"); }), HasSubstr("from 0"));
  EXPECT_EQ(fields.Get<uint64_t>("big"), UINT64_MAX);
}

TEST(Fields, RefusesUnknownFields) {
  const Json json = {{"name", "a"}, {"nmae", "b"}};
  const Fields fields(json, "f.json");
  fields.Get<std::string>("name");
  EXPECT_EQ(ErrorTextOf([&] { fields.RefuseUnknown(); }),
            "f.json: nmae: unknown field; did you mean name? The fields are name");
}

TEST(Fields, NamesAFieldThatMayBeMeant) {
  const Json json = {{"chekpoints", 1}, {"name", 2}};
  const Fields fields(json, "f.json");
  fields.Get<int>("name");
  EXPECT_EQ(ErrorTextOf([&] { fields.Require("checkpoints"); }),
            "f.json: checkpoints is missing; there is a field chekpoints");
  EXPECT_EQ(ErrorTextOf([&] { fields.Require("names"); }), "f.json: names is missing")
      << "name has its meaning";
}

struct Sizes {
  int64_t width = 1;
  std::optional<int64_t> depth;

  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("width", self.width);
    visit("depth", self.depth);
  }
};

TEST(Fields, ReadsAStructByItsList) {
  const Json json = {{"width", 4}, {"depth", 2}};
  const auto sizes = ReadAllFields<Sizes>(Fields(json, "f.json"));
  EXPECT_EQ(sizes.width, 4);
  EXPECT_EQ(sizes.depth, 2);
  const Json empty = Json::object();
  EXPECT_EQ(ErrorTextOf([&] { ReadAllFields<Sizes>(Fields(empty, "f.json")); }), "f.json: width is missing");
  Sizes kept{.width = 9};
  ReadPresentFields(Fields(empty, "f.json"), kept);
  EXPECT_EQ(kept.width, 9);
}

TEST(Check, BuildsItsMessageOnlyWhenItFails) {
  int built = 0;
  const auto message = [&] {
    ++built;
    return "text";
  };
  VFFN_CHECK(true, message());
  EXPECT_EQ(built, 0);
  EXPECT_EQ(ErrorTextOf([&] { VFFN_CHECK(false, message(), 1); }), "text1");
  EXPECT_EQ(built, 1);
}

}  // namespace
}  // namespace vffn
