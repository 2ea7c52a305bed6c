#include "runs/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Json Minimal() {
  return Json::parse(R"({"data": "../data", "tasks": ["arc_easy", "piqa"], "limit": 10,
      "checkpoints": [{"name": "4-Loop", "model": "four.gguf", "row": "354M/4-Loop"},
                      {"name": "my model", "model": "/m", "tokenizer": "t.json", "model_args": "top_k=2",
                       "tasks": "all", "limit": 0, "dtype": "bfloat16", "trace": false, "untrained": true, "loss": 2.5}]})");
}

TEST(Manifest, IsRead) {
  const Manifest manifest = ParseManifest(Minimal(), "configs/paper.json");
  EXPECT_EQ(manifest.title, "paper");
  EXPECT_EQ(manifest.data, "data");
  EXPECT_EQ(manifest.profile, "olmo");
  EXPECT_THAT(manifest.page_models, ElementsAre("4-Loop", "my model"));
  const ManifestEntry& first = manifest.checkpoints.at(0);
  EXPECT_EQ(first.model, "configs/four.gguf");
  EXPECT_EQ(first.tasks, "arc_easy,piqa");
  EXPECT_EQ(first.limit, 10);
  EXPECT_TRUE(first.trace && first.tokenizer.empty());
  const ManifestEntry& second = manifest.checkpoints.at(1);
  EXPECT_EQ(second.model, "/m");
  EXPECT_EQ(second.tokenizer, "configs/t.json");
  EXPECT_EQ(second.tasks, "all");
  EXPECT_EQ(second.limit, 0);
  EXPECT_EQ(second.dtype, "bfloat16");
  EXPECT_FALSE(second.trace);
  EXPECT_EQ(second.FolderName(), "my-model");
  EXPECT_TRUE(second.Notes().untrained);
  EXPECT_EQ(second.Notes().loss, 2.5);
}

TEST(Manifest, NamesFileEntryAndFieldOfWhatIsWrong) {
  const auto expect = [](const char* pointer, const Json& value, const std::string& where,
                         const std::string& what) {
    Json json = Minimal();
    const Json::json_pointer at(pointer);
    if (value.is_discarded()) {
      json[at.parent_pointer()].erase(at.back());
    } else {
      json[at] = value;
    }
    try {
      ParseManifest(json, "m.json");
      ADD_FAILURE() << pointer << " " << value.dump();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), AllOf(StartsWith("m.json" + where), HasSubstr(what)));
    }
  };
  const Json gone(Json::value_t::discarded);
  expect("/data", gone, ": ", "data is missing");
  expect("/data", 1, ": ", "data is 1");
  expect("/tsaks", "all", ": ", "tsaks: unknown field");
  expect("/tasks", gone, ": checkpoints[0] (4-Loop): ", "tasks is missing");
  expect("/tasks", Json::array(), ": ", "tasks is []");
  expect("/limit", -1, ": ", "limit is -1");
  expect("/workers", 0, ": ", "workers is 0");
  expect("/checkpoints", Json::array(), ": ", "at least one");
  expect("/checkpoints/0", "x", ": checkpoints[0]: ", "object");
  expect("/checkpoints/0/name", gone, ": checkpoints[0]: ", "name is missing");
  expect("/checkpoints/0/name", "../x", ": checkpoints[0]: ", "name is \"../x\"");
  expect("/checkpoints/0/model", gone, ": checkpoints[0] (4-Loop): ", "model is missing");
  expect("/checkpoints/0/row", 5, ": checkpoints[0] (4-Loop): row", "is 5");
  expect("/checkpoints/1/loss", "low", ": checkpoints[1] (my model): ", "loss is \"low\"");
  expect("/checkpoints/1/untrained", "yes", ": checkpoints[1] (my model): ", "untrained is \"yes\"");
  expect("/checkpoints/1/untraind", true, ": checkpoints[1] (my model): ", "untraind: unknown field");
  expect("/checkpoints/1/name", "4-Loop", ": checkpoints[1] (4-Loop): ", "another checkpoint");
  expect("/checkpoints/1/trace_features", "piqa:0", ": checkpoints[1] (my model): ", "should be a list");
  expect("/checkpoints/1/trace_layers", {0, -1}, ": checkpoints[1] (my model): ", "trace_layers is [0,-1]");
  expect("/checkpoints/1/control_of", "my model", ": checkpoints[1] (my model): ", "no other checkpoint");
  expect("/training_log", 3, ": ", "training_log is 3");
  expect("/page", {{"models", {"none"}}}, ": page.models", "\"none\"");
  expect("/page", {{"models", {"4-Loop", "my model", "4-Loop"}}}, ": page.models", "one or two names");
  expect("/page", {{"questions", 1.5}}, ": page.questions", " is 1.5");
}

}  // namespace
}  // namespace vffn
