#include "reports/reproduction/measured_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/base/temporary_folder.h"
#include "tests/reports/reproduction/reproduction_samples.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

Json MakeResults() {
  const Json task = {{"split", "validation"},
                     {"docs", 100},
                     {"docs_missing", 0},
                     {"primary_metric", "acc"},
                     {"metrics", {{"acc", {{"value", 0.5}, {"stderr", 0.05}}}}}};
  const Json results = {{"model_name", "models/some.gguf"},
                        {"vffn",
                         {{"profile", {{"name", "olmo"}}},
                          {"identity", {{"dtype", "float32"}}},
                          {"model", {{"config", Json::parse(ToJson(PaperConfig("354M", "Base")).dump())}}},
                          {"tasks", {{"sciq", task}}},
                          {"scoring", {{"trie_tokens", 0}}}}}};
  return Json::parse(results.dump());  // counts become unsigned, as in files
}

std::string MessageOf(const Json& results, const RunNotes& notes = {}) {
  try {
    ParseMeasuredRun(results, notes, "r.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(MeasuredRun, ReadsResults) {
  const MeasuredRun run = ParseMeasuredRun(MakeResults(), {}, "r.json");
  EXPECT_EQ(run.Label(), "some.gguf");
  EXPECT_EQ(run.rows.front(), (PaperRow{"1", "354M", "Base"}));
  EXPECT_EQ(run.parameters, 354712576);
  EXPECT_EQ(run.FindTask("sciq")->score.value, 0.5);
  EXPECT_EQ(run.FindTask("piqa"), nullptr);
  EXPECT_FALSE(run.cost);
  const MeasuredRun named =
      ParseMeasuredRun(MakeResults(), {.name = "mine", .row = "5:354M/4-Loop", .untrained = true}, "r.json");
  EXPECT_EQ(named.Label(), "mine [UNTRAINED]");
  EXPECT_EQ(named.rows.front(), (PaperRow{"5", "354M", "4-Loop"}));
}

TEST(MeasuredRun, SaysWhatIsMissingOrWrong) {
  const auto expect = [](const char* pointer, const Json& value, const std::string& text) {
    Json results = MakeResults();
    const Json::json_pointer at(pointer);
    if (value.is_discarded()) {
      results[at.parent_pointer()].erase(at.back());
    } else {
      results[at] = value;
    }
    EXPECT_THAT(MessageOf(results), AllOf(StartsWith("r.json"), HasSubstr(text))) << pointer;
  };
  const Json gone(Json::value_t::discarded);
  expect("/vffn", gone, "vffn is missing");
  expect("/vffn/profile/name", 3, "should be a text");
  expect("/vffn/model/config/d_model", gone, "d_model");
  expect("/vffn/tasks", Json::object(), "no scores");
  expect("/vffn/tasks/sciq/docs", -1, "should be a count");
  expect("/vffn/tasks/sciq/docs", 0U, "on 0 docs");
  expect("/vffn/tasks/sciq/metrics/acc/value", nullptr, "should be a number");
  expect("/vffn/tasks/sciq/metrics/acc/value", 50, "a score of 50");
  expect("/vffn/tasks/sciq/metrics/acc/stderr", "N/A", "stderr");
  EXPECT_THAT(MessageOf(MakeResults(), {.row = "354M/Bass"}), HasSubstr("row is \"354M/Bass\""));
}

TEST(MeasuredRun, IsReadFromAFolderWithItsNotes) {
  const TemporaryFolder folder;
  EXPECT_THROW(ReadMeasuredRun(folder.path()), Error);
  WriteFile(folder.path() / "results_2026-01-01T00-00-00.000000.json", "cut short");
  WriteFile(folder.path() / "results_2026-01-02T00-00-00.000000.json", MakeResults().dump());
  WriteFile(folder.path() / "run.json", R"({"name": "mine", "loss": 2.5})");
  const MeasuredRun run = ReadMeasuredRun(folder.path());
  EXPECT_EQ(run.name, "mine");
  EXPECT_EQ(run.loss, 2.5);
  WriteFile(folder.path() / "results_2026-01-03T00-00-00.000000.json", MakeResults().dump().substr(0, 200));
  try {
    ReadMeasuredRun(folder.path());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("results_2026-01-03"));
  }
}

TEST(RunNotes, AreReadStrictly) {
  const RunNotes notes{.name = "n", .row = "none", .loss = 1.5, .untrained = true};
  EXPECT_EQ(ToJson(ParseRunNotes(Json::parse(ToJson(notes).dump()), "run.json")), ToJson(notes));
  for (const char* text :
       {R"({"nome": "x"})", R"({"name": 1})", R"({"untrained": "yes"})", R"({"loss": -1})", "[]"}) {
    EXPECT_THROW(ParseRunNotes(Json::parse(text), "run.json"), Error) << text;
  }
}

}  // namespace
}  // namespace vffn
