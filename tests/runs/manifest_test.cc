#include "runs/manifests/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"
#include "tests/tasks/message_of.h"

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

TEST(Manifest, MayLeaveTheDataToTheCommandLine) {
  Json json = Minimal();
  json.erase("data");
  EXPECT_EQ(ParseManifest(json, "configs/paper.json").data, "");
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

TEST(Manifest, TakesNamesInAnyScriptAndWithASlash) {
  Json json = Minimal();
  for (const auto& [name, folder] :
       {std::pair("naïve", "naïve"), std::pair("org/model v2", "org__model-v2"),
        std::pair("Модель 3", "Модель-3"), std::pair("模型-1", "模型-1"),
        std::pair("nai\u0308ve", "nai\u0308ve"), std::pair("a/../b", "a__..__b")}) {
    json["checkpoints"][0]["name"] = name;
    EXPECT_EQ(ParseManifest(json, "m.json").checkpoints.at(0).FolderName(), folder);
  }
  for (const char* name :
       {"a\tb", "a\nb", ".hidden", "/abs", "a:b", "a\"b", "a\u200Bb", "a\u202Eb", "a\u00A0b", "a*"}) {
    json["checkpoints"][0]["name"] = name;
    try {
      ParseManifest(json, "m.json");
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("letters of any script, digits, blanks and ._+()-/ may be in it"));
    }
  }
  json["checkpoints"][0]["name"] = "my/model";
  json["checkpoints"][1]["name"] = "my__model";
  EXPECT_THROW(ParseManifest(json, "m.json"), Error);  // one folder for two
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
  expect("/checkpoints/0/model", gone, ": checkpoints[0] (4-Loop): ", "give one of model");
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

/// Two methods with two seeds, and a control.
Json Trained() {
  return Json::parse(R"({"data": "d", "tasks": "all", "held_out": "tokens/held_out",
      "training": {"model": {"d_model": 8, "ffn": "dense"}, "steps": 5, "seed": 10, "tau": {"share": 0.5}},
      "continuation": {"seed": 100, "steps": 7},
      "checkpoints": [
        {"name": "Base", "seeds": [1, 2], "train": {}},
        {"name": "Soft", "seeds": [1, 2], "train": {"model": {"ffn": "versatile"}, "tau": {"share": null}}},
        {"name": "4-Loop", "seeds": [1, 2], "continues": "Base", "train": {"upcycle": {"ffn": "k_loop"}},
         "controls": ["loops=1"]},
        {"name": "Shuffled", "seeds": [1, 2], "trained": "4-Loop", "model_args": "x=1", "control_of": "4-Loop"}],
      "study": {"tables": [{"name": "t", "title": "T", "baseline": "Base", "rows": ["Base", "4-Loop"]}]}})");
}

TEST(ManifestTraining, SaysWhetherTheTextIsOfThePapersCorpus) {
  Json json = Trained();
  EXPECT_FALSE(ParseManifest(json, "m.json").paper_text);
  json["loss_text"] = "paper";
  EXPECT_TRUE(ParseManifest(json, "m.json").paper_text);
  json["loss_text"] = "wiki";
  EXPECT_THAT(MessageOf([&] { ParseManifest(json, "m.json"); }),
              HasSubstr("m.json: loss_text is \"wiki\", should be \"paper\""));
}

TEST(Manifest, MeasuresLossesOfTokensOrText) {
  Json json = Minimal();
  EXPECT_FALSE(ParseManifest(json, "m.json").HasHeldOut());
  json["held_out_text"] = "papers.jsonl";
  json["held_out_window"] = {{"window", 128}, {"stride", 64}};
  const Manifest manifest = ParseManifest(json, "configs/m.json");
  EXPECT_TRUE(manifest.HasHeldOut());
  EXPECT_EQ(manifest.held_out_text, "configs/papers.jsonl");
  EXPECT_EQ(manifest.held_out_window.window, 128);
  EXPECT_EQ(manifest.held_out_window.stride, 64);
  json["held_out_window"]["length"] = 5;
  EXPECT_THAT(MessageOf([&] { ParseManifest(json, "m.json"); }), HasSubstr("m.json: held_out_window.length"));
  json.erase("held_out_window");
  json["held_out"] = "tokens";
  EXPECT_THAT(MessageOf([&] { ParseManifest(json, "m.json"); }), HasSubstr("give token files or text"));
}

TEST(ManifestTraining, MakesOneCheckpointForEachSeed) {
  const Manifest manifest = ParseManifest(Trained(), "configs/study/mini.json");
  ASSERT_EQ(manifest.checkpoints.size(), 8u);
  EXPECT_EQ(manifest.held_out, "configs/study/tokens/held_out");
  const ManifestEntry& base = manifest.checkpoints[1];
  EXPECT_EQ(base.name, "Base (seed 2)");
  EXPECT_EQ(base.method, "Base");
  EXPECT_EQ(base.seed, 2u);
  EXPECT_EQ(
      Json::parse(base.training->config),
      Json::parse(
          R"({"model": {"d_model": 8, "ffn": "dense"}, "steps": 5, "seed": 12, "tau": {"share": 0.5}})"));
  EXPECT_EQ(
      Json::parse(manifest.checkpoints[2].training->config),  // merged field by field; null removes
      Json::parse(R"({"model": {"d_model": 8, "ffn": "versatile"}, "steps": 5, "seed": 11, "tau": {}})"));
  const ManifestEntry& loop = manifest.checkpoints[5];
  EXPECT_EQ(loop.training->continues, "Base (seed 2)");
  EXPECT_EQ(Json::parse(loop.training->config),  // the model is that of the checkpoint it continues
            Json::parse(R"({"steps": 7, "seed": 102, "tau": {"share": 0.5}, "upcycle": {"ffn": "k_loop"}})"));
  EXPECT_EQ(loop.ArgsWith("loops=1"), "loops=1");
  const ManifestEntry& shuffled = manifest.checkpoints[7];
  EXPECT_EQ(shuffled.trained, "4-Loop (seed 2)");
  EXPECT_EQ(shuffled.control_of, "4-Loop (seed 2)");
  EXPECT_EQ(shuffled.ArgsWith(""), "x=1");
  EXPECT_EQ(shuffled.ArgsWith("loops=1"), "x=1,loops=1");
  ASSERT_EQ(manifest.study.size(), 1u);
  EXPECT_THAT(manifest.study[0].rows, ElementsAre("Base", "4-Loop"));
}

TEST(ManifestTraining, RefusesWhatCannotBeTrained) {
  const auto error = [](const char* pointer, const Json& value) -> std::string {
    Json json = Trained();
    json[Json::json_pointer(pointer)] = value;
    try {
      ParseManifest(json, "m.json");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(error("/checkpoints/0/seeds", Json::parse("[1, 1]")), HasSubstr("list of different numbers"));
  EXPECT_THAT(error("/checkpoints/0/seeds", Json::parse("[1]")),
              HasSubstr("\"Base (seed 2)\" is no checkpoint above it"));
  EXPECT_THAT(error("/checkpoints/2/continues", "Shuffled"), HasSubstr("is no checkpoint above it"));
  EXPECT_THAT(error("/checkpoints/2/train/from", "x"), HasSubstr("has `from`"));
  EXPECT_THAT(error("/checkpoints/0/model", "x"), HasSubstr("give one of model"));
  EXPECT_THAT(error("/training", 3), HasSubstr("training is 3"));
  EXPECT_THAT(error("/study/tables/0/baseline", "Bass"), HasSubstr("\"Bass\", which no checkpoint is named"));
  EXPECT_THAT(error("/study/tables/0/rows/1", "5-Loop"), HasSubstr("\"5-Loop\""));
}

}  // namespace
}  // namespace vffn
