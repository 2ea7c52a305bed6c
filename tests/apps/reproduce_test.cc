// vffn reproduce and report on tiny models with random weights, from manifest to page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/line_file.h"
#include "model/config_file.h"
#include "model/weights/checkpoint_writer.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/model/random_checkpoint.h"
#include "tests/text/byte_tokenizer.h"
#include "trace/trace_reader.h"
#include "trace/trace_writer.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ReproduceTest : public testing::Test {
 protected:
  void SetUp() override {
    WriteFile(folder_ / "tokenizer.json", ByteTokenizer());
    WriteModel("tiny-base");
    WriteModel("tiny-versatile");
    for (const char* task : {"arc_challenge.jsonl", "piqa.jsonl"}) {
      std::filesystem::create_directories(folder_ / "data");
      std::filesystem::copy_file(std::filesystem::path(VFFN_TESTS_DIR) / "testdata/tasks" / task,
                                 folder_ / "data" / task);
    }
    WriteFile(folder_ / "m.json", MakeManifest().dump());
  }

  void WriteModel(const std::string& name) {
    ModelConfig config =
        ReadModelConfig(std::filesystem::path(VFFN_TESTS_DIR).parent_path() / "configs" / (name + ".json"));
    config.max_sequence_length = 2048;
    WriteCheckpoint(RandomCheckpoint(config), CheckpointFormat::kVffn, folder_ / name,
                    {.companions = {folder_ / "tokenizer.json"}});
  }

  static Json MakeManifest() {
    return ParseJson(
        R"({"title": "Tiny <models>", "data": "data", "tasks": ["arc_challenge", "piqa"], "limit": 3,
        "checkpoints": [{"name": "tiny base", "model": "tiny-base", "row": "354M/Base"},
                        {"name": "tiny versatile", "model": "tiny-versatile", "untrained": true}]})",
        "manifest");
  }

  int Run(const std::string& arguments) {
    ProgramRun run = RunProgram(arguments);
    output_ = std::move(run.output);
    return run.exit_code;
  }
  int Reproduce(const std::string& output, const std::string& more = "") {
    return Run("reproduce " + (folder_ / "m.json").string() + " --output " + (folder_ / output).string() +
               " " + more);
  }

  /// The scores of all runs.
  Json Scores(const std::string& output) {
    Json scores = Json::array();
    for (const Json& run : ReadJsonFile(folder_ / output / "tables.json")["runs"]) {
      scores.push_back(run["tasks"]);
    }
    return scores;
  }

  size_t CountFiles(const std::string& place, const std::string& beginning) {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / place)) {
      count += entry.path().filename().string().starts_with(beginning) ? 1 : 0;
    }
    return count;
  }

  TemporaryFolder folder_;
  std::string output_;
};

TEST_F(ReproduceTest, MakesTablesFiguresAndPage) {
  ASSERT_EQ(Reproduce("out"), 0) << output_;
  for (const char* file : {"tables.txt", "tables.md", "tables.tex", "report.html"}) {
    const std::string text = ReadFile(folder_ / "out" / file);
    const bool escaped = std::string_view(file).ends_with(".md");
    EXPECT_THAT(text,
                AllOf(HasSubstr(escaped ? "tiny versatile \\[UNTRAINED\\]" : "tiny versatile [UNTRAINED]"),
                      HasSubstr("tiny base")))
        << file;
    EXPECT_THAT(text.substr(0, text.find("<!DOCTYPE")), Not(HasSubstr("nan"))) << file;
  }
  EXPECT_THAT(ReadFile(folder_ / "out/report.html"),
              AllOf(HasSubstr("Tiny &lt;models&gt;"), HasSubstr("UNTRAINED: tiny versatile")));
  const Json paired = ReadJsonFile(folder_ / "out/paired.json");
  EXPECT_EQ(paired["comparisons"][0]["a"], "tiny base");
  EXPECT_EQ(paired["comparisons"][0]["b"], "tiny versatile [UNTRAINED]");
  EXPECT_EQ(paired["comparisons"][0]["tasks"][1]["questions"], 3);
  const Json tables = ReadJsonFile(folder_ / "out/tables.json");
  EXPECT_EQ(tables["runs"][0]["tasks"]["piqa"]["docs"], 3);
  for (const Json& cell :
       tables["cells"]) {  // the base stands in the row it was named for, the untrained in none
    EXPECT_NE(cell["run"], 1);
    if (cell["run"] == 0 && cell["column"] == "parameters_millions") {
      EXPECT_EQ(cell["verdict"], "differs");
    }
  }
  EXPECT_GT(CountFiles("out/runs/tiny-versatile/trace", ""), 0);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out/runs/tiny-base/trace"));

  ASSERT_EQ(Run("report " + (folder_ / "out/runs/tiny-base").string() + " " +
                (folder_ / "out/runs/tiny-versatile").string() + " --format csv"),
            0);
  EXPECT_THAT(
      output_,
      HasSubstr("\nother,,tiny versatile,arc_challenge,arc_challenge,fraction,tiny versatile,true,olmo,"));
}

TEST_F(ReproduceTest, RunsNothingTwice) {
  ASSERT_EQ(Reproduce("out"), 0) << output_;
  EXPECT_EQ(Reproduce("out"), 1);
  EXPECT_THAT(output_, HasSubstr("--resume"));
  ASSERT_EQ(Reproduce("out", "--resume"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("tiny base: done before"), HasSubstr("tiny versatile: done before")));
  EXPECT_EQ(CountFiles("out/runs/tiny-base", "results_"), 1);
  ASSERT_EQ(Reproduce("out", "--resume --limit 4"), 0) << output_;
  EXPECT_THAT(output_, Not(HasSubstr("done before")));
  EXPECT_EQ(ReadJsonFile(folder_ / "out/tables.json")["runs"][1]["tasks"]["piqa"]["docs"], 4);
}

TEST_F(ReproduceTest, GoesOnWithWhatWasCutShort) {
  ASSERT_EQ(Reproduce("out"), 0) << output_;
  const Json scores = Scores("out");
  const auto ledger = folder_ / "out/runs/tiny-versatile/ledger.jsonl";
  std::filesystem::resize_file(ledger, std::filesystem::file_size(ledger) * 2 / 3);
  std::filesystem::remove_all(folder_ / "out/runs/tiny-versatile/trace");
  ASSERT_EQ(Reproduce("out", "--resume"), 0) << output_;
  EXPECT_THAT(output_, Not(HasSubstr("tiny versatile: done before")));
  EXPECT_EQ(Scores("out"), scores);
  ASSERT_EQ(Reproduce("out", "--resume"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("tiny versatile: done before"));
}

TEST_F(ReproduceTest, AddsWhatATraceLacks) {
  Json manifest = MakeManifest();
  Json& versatile = manifest["checkpoints"][1];
  const auto reproduce = [&](const std::string& more) {
    WriteFile(folder_ / "m.json", manifest.dump());
    return Reproduce("out", more);
  };
  versatile["trace_branches"] = true;
  versatile["trace_features"] = {"piqa:77"};
  EXPECT_EQ(reproduce(""), 1);
  EXPECT_THAT(output_, HasSubstr("trace_features: piqa:77 is no document of this run"));
  std::filesystem::remove_all(folder_ / "out");
  versatile.erase("trace_features");
  ASSERT_EQ(reproduce(""), 0) << output_;
  versatile["trace_features"] = {"arc_challenge:0"};
  versatile["trace_layers"] = {0};
  ASSERT_EQ(reproduce("--resume"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("tracing 100%  1/1 docs"), Not(HasSubstr("tiny versatile: done"))));
  EXPECT_EQ(CountFiles("out/runs/tiny-versatile/trace.branches", "arc_challenge-0"), 1);
  ASSERT_EQ(reproduce("--resume"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("tiny versatile: done before"));
  // Another kind of trace is not mixed with this one.
  for (const char* field : {"trace_branches", "trace_features", "trace_layers"}) {
    versatile.erase(field);
  }
  EXPECT_EQ(reproduce("--resume"), 1);
  EXPECT_THAT(output_, HasSubstr("traces of different runs:\n  cosine: false and true"));
}

TEST_F(ReproduceTest, TracesIntoTheFolderOfTheRun) {
  const std::string run = (folder_ / "run").string();
  ASSERT_EQ(Run("eval --model " + (folder_ / "tiny-versatile").string() +
                " --tasks piqa --limit 2 --trace --data " + (folder_ / "data").string() + " --output " + run),
            0)
      << output_;
  EXPECT_EQ(TraceReader(run + "/trace").docs().at("piqa").size(), 2);
}

TEST_F(ReproduceTest, GoesOnWithATraceOfAnOlderProgram) {
  ASSERT_EQ(Reproduce("out", "--limit 2"), 0) << output_;
  const auto folder = folder_ / "out/runs/tiny-versatile/trace", old = folder_ / "old";
  {
    const TraceReader reader(folder);
    TraceHeader header = reader.header();
    ASSERT_TRUE(header.shape.from_doc);
    header.shape.from_doc = false;
    TraceWriter writer(old, header, [](int32_t) { return std::string(); });
    reader.Read(TraceColumns::All(), [&](DocTrace doc) {
      doc.from_doc.clear();
      writer.Write(doc);
    });
    writer.Finish();
  }
  std::filesystem::remove_all(folder);
  std::filesystem::rename(old, folder);
  ASSERT_EQ(Reproduce("out", "--resume --limit 2"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("tiny versatile: done before"));
  ASSERT_EQ(Reproduce("out", "--resume"), 0) << output_;
  const TraceReader reader(folder);
  EXPECT_FALSE(reader.header().shape.from_doc);
  EXPECT_EQ(reader.docs().at("piqa").size(), 3);
}

TEST_F(ReproduceTest, ReportsOnWholeRunsOnly) {
  ASSERT_EQ(Reproduce("out"), 0) << output_;
  const auto run = folder_ / "out/runs/tiny-versatile";
  const auto report = [&] { return Run("report " + run.string()); };
  ASSERT_EQ(report(), 0) << output_;
  const std::string ledger = ReadFile(run / "ledger.jsonl");
  WriteFile(run / "ledger.jsonl", ledger.substr(0, ledger.rfind('\n', ledger.size() - 2) + 1));
  EXPECT_EQ(report(), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("ledger.jsonl: 1 docs of the trace"), HasSubstr("cut short")));
  std::filesystem::remove(run / "ledger.jsonl");
  EXPECT_EQ(report(), 1);
  EXPECT_THAT(output_, HasSubstr("there is a trace, but no ledger.jsonl"));
  WriteFile(run / "ledger.jsonl", ReadFile(folder_ / "out/runs/tiny-base/ledger.jsonl"));
  EXPECT_EQ(report(), 1);
  EXPECT_THAT(output_,
              AllOf(HasSubstr("ledger.jsonl and "), HasSubstr("are of two runs"), HasSubstr("SHA-256")));
}

TEST_F(ReproduceTest, NamesTheEntryThatIsWrong) {
  Json manifest = MakeManifest();
  manifest["checkpoints"][1]["model"] = "nowhere";
  WriteFile(folder_ / "m.json", manifest.dump());
  EXPECT_EQ(Reproduce("out"), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("m.json: checkpoints[1] (tiny versatile): "), HasSubstr("nowhere")));
  manifest = MakeManifest();
  manifest["checkpoints"][1]["row"] = "354M/5-Loop";
  WriteFile(folder_ / "m.json", manifest.dump());
  EXPECT_EQ(Reproduce("out"), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("m.json: checkpoints[1] (tiny versatile): row"), HasSubstr("5-Loop")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));  // before anything runs
  WriteFile(folder_ / "m.json", "{\"checkpoints\": 1");
  EXPECT_EQ(Reproduce("out"), 1);
  EXPECT_THAT(output_, HasSubstr("m.json"));
}

TEST_F(ReproduceTest, KnowsAnUpcycledModelByItself) {
  const auto model = folder_ / "upcycled";
  ASSERT_EQ(Run("convert --model " + (folder_ / "tiny-base").string() +
                " --upcycle versatile --to vffn --output " + model.string()),
            0)
      << output_;
  ASSERT_EQ(Run("eval --model " + model.string() + " --data " + std::string(VFFN_TESTS_DIR) +
                "/testdata/tasks --tasks piqa --output_path " + (folder_ / "run").string()),
            0)
      << output_;
  ASSERT_EQ(Run("report " + (folder_ / "run").string()), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("upcycled [UNTRAINED]"));
}

}  // namespace
}  // namespace vffn
