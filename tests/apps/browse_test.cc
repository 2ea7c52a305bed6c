// vffn report and vffn browse on finished runs of tiny models with random weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "base/json.h"
#include "model/config_file.h"
#include "model/weights/checkpoint_writer.h"
#include "reports/tables/csv.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/model/random_checkpoint.h"
#include "tests/text/byte_tokenizer.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The programs run in the folder, where models and data are, so that their paths are relative.
class BrowseTest : public testing::Test {
 protected:
  void SetUp() override {
    WriteFile(folder_ / "tokenizer.json", ByteTokenizer());
    for (const char* task : {"arc_challenge.jsonl", "piqa.jsonl"}) {
      fs::create_directories(folder_ / "data");
      fs::copy_file(fs::path(VFFN_TESTS_DIR) / "testdata/tasks" / task, folder_ / "data" / task);
    }
    for (const char* name : {"tiny-base", "tiny-versatile"}) {
      const ModelConfig config =
          ReadModelConfig(fs::path(VFFN_TESTS_DIR).parent_path() / "configs" / (std::string(name) + ".json"));
      WriteCheckpoint(RandomCheckpoint(config), CheckpointFormat::kVffn, folder_ / name,
                      {.companions = {folder_ / "tokenizer.json"}});
    }
  }

  int Run(const std::string& arguments) {
    ProgramRun run = RunProgram(arguments, folder_.path());
    output_ = std::move(run.output);
    return run.exit_code;
  }

  /// Scores three docs of two tasks.
  void Eval(const std::string& model, const std::string& profile, const std::string& output,
            const std::string& more = "") {
    ASSERT_EQ(Run("eval --model " + model + " --tasks arc_challenge,piqa --limit 3 --data data --profile " +
                  profile + " --output runs/" + output + " " + more),
              0)
        << output_;
  }

  std::string Page(const std::string& file) const { return ReadFile(folder_ / file); }

  /// The questions of a page, encoded; empty if it has none.
  std::string Questions(const std::string& file) const {
    const std::string page = Page(file), begin = "id=\"question-data\">";
    const size_t at = page.find(begin);
    return at == std::string::npos ? "" : page.substr(at, page.find("</script>", at) - at);
  }

  TemporaryFolder folder_;
  std::string output_;
};

TEST_F(BrowseTest, TwoRunsOfOneModelAreToldApart) {
  Eval("tiny-versatile", "olmo", "olmo", "--log_samples --trace runs/olmo/trace");
  Eval("tiny-versatile", "lm-eval", "lm-eval", "--log_samples --trace runs/lm-eval/trace");
  ASSERT_EQ(Run("report runs/olmo runs/lm-eval --output report"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("their scores are not comparable"));
  for (const char* file :
       {"tables.txt", "tables.md", "tables.tex", "tables.csv", "tables.json", "report.html"}) {
    EXPECT_THAT(Page(std::string("report/") + file), AllOf(HasSubstr("olmo"), HasSubstr("lm-eval"))) << file;
  }
  const CsvTable csv = ParseCsv(Page("report/tables.csv"), "tables.csv");
  const auto column = [&](const char* name) {
    return static_cast<size_t>(std::ranges::find(csv.header, name) - csv.header.begin());
  };
  std::set<std::pair<std::string, std::string>> keys;
  std::set<std::string> protocols;
  for (const std::vector<std::string>& row : csv.rows) {
    if (row[column("table")] == "other") {
      EXPECT_TRUE(keys.emplace(row[column("run")], row[column("column")]).second);
      protocols.insert(row[column("run")] + " " + row[column("profile")] + " " + row[column("metric")]);
    }
  }
  EXPECT_TRUE(protocols.contains("olmo olmo len_norm"));
  EXPECT_TRUE(protocols.contains("lm-eval lm-eval acc_norm"));
  EXPECT_THAT(Page("report/report.html"),
              AllOf(HasSubstr("olmo, token by token"), HasSubstr("lm-eval, token by token")));
  EXPECT_FALSE(Questions("report/report.html").empty());
  EXPECT_FALSE(Questions("report/runs/olmo/report.html").empty());
  EXPECT_NE(Questions("report/runs/olmo/report.html"), Questions("report/runs/lm-eval/report.html"));

  // Folders of one name do not write one page.
  for (const char* name : {"olmo", "lm-eval"}) {
    fs::create_directories(folder_ / "all" / name);
    fs::copy(folder_ / "runs" / name, folder_ / "all" / name / "run", fs::copy_options::recursive);
  }
  ASSERT_EQ(Run("report all/olmo/run all/lm-eval/run --output same"), 0) << output_;
  EXPECT_FALSE(Questions("same/runs/olmo/report.html").empty());
  EXPECT_NE(Questions("same/runs/olmo/report.html"), Questions("same/runs/lm-eval/report.html"));
}

TEST_F(BrowseTest, QuestionsComeFromSamplesOrData) {
  Eval("tiny-base", "olmo", "base", "--log_samples");
  ASSERT_EQ(Run("report runs/base --data nowhere --output with"), 0) << output_;
  const std::string questions = Questions("with/report.html");
  EXPECT_FALSE(questions.empty());
  EXPECT_THAT(Page("with/report.html"), Not(HasSubstr("What is missing")));
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "runs/base")) {
    if (entry.path().filename().string().starts_with("samples_")) {
      fs::remove(entry.path());
    }
  }
  ASSERT_EQ(Run("report runs/base --data data --output data-alone"), 0) << output_;
  EXPECT_EQ(Questions("data-alone/report.html"), questions);

  ASSERT_EQ(Run("report runs/base --data nowhere --output without"), 0) << output_;
  const std::string command =
      "vffn eval --model tiny-base --tasks arc_challenge,piqa --profile olmo --dtype float32 --limit 3 "
      "--output "
      "runs/base --resume --log_samples";
  EXPECT_THAT(output_,
              AllOf(HasSubstr("the question browser lacks, of tiny-base: texts of arc_challenge, piqa"),
                    HasSubstr("--data"), HasSubstr(command)));
  EXPECT_THAT(Page("without/report.html"), AllOf(HasSubstr("What is missing"), HasSubstr(command)));
  EXPECT_EQ(Questions("without/report.html"), "");
  ASSERT_EQ(Run(command.substr(5) + " --data data"), 0) << output_;
  ASSERT_EQ(Run("report runs/base --data nowhere --output again"), 0) << output_;
  EXPECT_EQ(Questions("again/report.html"), questions);

  ASSERT_EQ(Run("eval --model tiny-base --tasks piqa --limit 4 --data data --output runs/base --resume"), 0)
      << output_;
  ASSERT_EQ(Run("report runs/base --data nowhere --output one-more"), 0) << output_;
  EXPECT_THAT(output_,
              HasSubstr("texts of piqa: of 1 docs there are no texts with the tokens that were scored"));
  EXPECT_FALSE(Questions("one-more/report.html").empty());

  std::string records = Page("data/piqa.jsonl");
  WriteFile(folder_ / "data/piqa.jsonl", records.replace(records.find("\"goal\": \"") + 9, 1, "?"));
  fs::remove_all(folder_ / "other");
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "runs/base")) {
    if (entry.path().filename().string().starts_with("samples_piqa")) {
      fs::remove(entry.path());
    }
  }
  ASSERT_EQ(Run("report runs/base --data data --output other"), 0) << output_;
  EXPECT_THAT(output_,
              HasSubstr("texts of piqa: there are no sample files, and the data in data are other ones"));
  EXPECT_FALSE(Questions("other/report.html").empty());  // of the other task
}

TEST_F(BrowseTest, FindsTheTokenizerOfTheRun) {
  Eval("tiny-base", "olmo", "base", "--log_samples");
  const std::string run = (folder_ / "runs/base").string();
  ProgramRun elsewhere = RunProgram("report " + run + " --output " + (folder_ / "elsewhere").string());
  ASSERT_EQ(elsewhere.exit_code, 0) << elsewhere.output;  // seen from a folder above the run
  const std::string questions = Questions("elsewhere/report.html");
  EXPECT_FALSE(questions.empty());
  fs::rename(folder_ / "tiny-base", folder_ / "moved");
  ASSERT_EQ(Run("report runs/base --output without"), 0) << output_;
  EXPECT_THAT(output_,
              AllOf(HasSubstr("the tokenizer of tiny-base is neither there"), HasSubstr("--tokenizer")));
  ASSERT_EQ(Run("report runs/base --tokenizer data/piqa.jsonl,moved --output given"), 0) << output_;
  EXPECT_EQ(Questions("given/report.html"), questions);
}

TEST_F(BrowseTest, ShowsTheModelsThatWereNamed) {
  Eval("tiny-base", "olmo", "base", "--log_samples");
  Eval("tiny-versatile", "olmo", "versatile", "--log_samples");
  ASSERT_EQ(Run("report runs --page_models tiny-versatile --output report"), 0) << output_;
  EXPECT_FALSE(Questions("report/report.html").empty());
  EXPECT_FALSE(fs::exists(folder_ / "report/runs"));  // no two share the page
  EXPECT_EQ(Run("report runs --page_models tiny --output report"), 1);
  EXPECT_THAT(output_,
              AllOf(HasSubstr("no run has the name \"tiny\""), HasSubstr("tiny-base, tiny-versatile")));
  EXPECT_EQ(Run("report runs --page_models a,b,c --output report"), 1);
  EXPECT_THAT(output_, HasSubstr("one or two models, not 3"));
}

TEST_F(BrowseTest, AShuffledRunStandsBesideTheRealOne) {
  Eval("tiny-versatile", "olmo", "shuffled", "--trace runs/shuffled/trace --model_args shuffle_loops=1");
  Eval("tiny-versatile", "olmo", "real", "--trace runs/real/trace");
  ASSERT_EQ(Run("report runs --data data --output report"), 0) << output_;
  EXPECT_THAT(Page("report/report.html"), AllOf(HasSubstr("real, token by token"), HasSubstr("shuffled"),
                                                Not(HasSubstr("shuffled, token by token"))));
}

TEST_F(BrowseTest, ReportOfFinishedRunsIsThatOfReproduce) {
  WriteFile(folder_ / "m.json",
            R"({"title": "tiny", "data": "data", "tasks": ["arc_challenge", "piqa"], "limit": 3,
                "checkpoints": [{"name": "a", "model": "tiny-base"}, {"name": "b", "model": "tiny-versatile"}]})");
  ASSERT_EQ(Run("reproduce m.json --output out"), 0) << output_;
  ASSERT_EQ(Run("report out/runs/a out/runs/b --data data --title tiny --output report"), 0) << output_;
  EXPECT_FALSE(Questions("out/report.html").empty());
  for (const char* page : {"report.html", "runs/a/report.html", "runs/b/report.html"}) {
    EXPECT_EQ(Questions(std::string("report/") + page), Questions(std::string("out/") + page)) << page;
  }
  EXPECT_EQ(Page("report/paired.csv"), Page("out/paired.csv"));
  EXPECT_EQ(Page("report/tables.csv"), Page("out/tables.csv"));
  const auto from_models = [&](const std::string& file) {  // the subtitle above differs
    const std::string page = Page(file);
    return page.substr(page.find("<section id=\"models\""));
  };
  EXPECT_EQ(from_models("report/report.html"), from_models("out/report.html"));
}

TEST_F(BrowseTest, MakesThePageOnce) {
  Eval("tiny-base", "olmo", "base", "--log_samples");
  ASSERT_EQ(Run("browse runs/base --no-open"), 0) << output_;
  const std::string page = fs::canonical(folder_ / "runs/base/report/report.html").string();
  EXPECT_THAT(output_, AllOf(HasSubstr("wrote "), HasSubstr("page: " + page), HasSubstr("file://" + page),
                             HasSubstr("python3 -m http.server")));
  ASSERT_EQ(Run("browse runs/base/ledger.jsonl --no-open"), 0) << output_;
  EXPECT_THAT(output_, AllOf(Not(HasSubstr("wrote ")), HasSubstr("page: " + page)));
  WriteFile(folder_ / "runs/base/run.json", R"({"name": "mine"})");
  fs::last_write_time(folder_ / "runs/base/run.json", fs::last_write_time(page) + std::chrono::seconds(1));
  ASSERT_EQ(Run("browse runs/base --no-open"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("wrote "));
  EXPECT_THAT(ReadFile(page), HasSubstr("mine"));

  ASSERT_EQ(Run("browse runs/base/report --no-open"), 0) << output_;
  EXPECT_THAT(output_, AllOf(Not(HasSubstr("wrote ")), HasSubstr("page: " + page)));
  ASSERT_EQ(Run("browse runs --output 'a b' --no-open"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("/a%20b/report.html"));
  EXPECT_EQ(Run("browse data --no-open"), 1);
  EXPECT_THAT(output_, HasSubstr("there is no run in it"));
}

TEST_F(BrowseTest, WritesToFolders) {
  Eval("tiny-base", "olmo", "a");
  EXPECT_EQ(Run("browse runs/a --no_open --output a.html"), 1);
  EXPECT_THAT(output_, HasSubstr("--output a.html: give a folder"));
  EXPECT_FALSE(fs::exists(folder_ / "a.html"));
}

TEST_F(BrowseTest, MakesAPageAgainThatLacksQuestions) {
  Eval("tiny-base", "olmo", "bare");
  ASSERT_EQ(setenv("VFFN_DATA", "nowhere", 1), 0);
  ASSERT_EQ(Run("browse runs/bare --no-open"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("the question browser lacks"));
  ASSERT_EQ(setenv("VFFN_DATA", "data", 1), 0);
  ASSERT_EQ(Run("browse runs/bare --no-open"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("wrote "), Not(HasSubstr("lacks"))));
  ASSERT_EQ(Run("browse runs/bare --no-open"), 0) << output_;
  EXPECT_THAT(output_, Not(HasSubstr("wrote ")));
  unsetenv("VFFN_DATA");
}

TEST_F(BrowseTest, ReportsLossesWithoutScores) {
  WriteFile(folder_ / "text.jsonl", "{\"text\": \"A sentence.\"}\n{\"text\": \"Another one, longer.\"}\n");
  for (const char* model : {"tiny-base", "tiny-versatile"}) {
    ASSERT_EQ(Run(std::string("loss --model ") + model +
                  " --text text.jsonl --prefix_token_id 256 --output losses/" + model),
              0)
        << output_;
  }
  ASSERT_EQ(Run("report losses --output report"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("Losses of text"), HasSubstr("tiny-base"), HasSubstr("tiny-versatile"),
                             HasSubstr("text.jsonl, 2 documents")));
  EXPECT_EQ(ReadJsonFile(folder_ / "report/tables.json")["loss_runs"].size(), 2U);
  EXPECT_THAT(Page("report/tables.csv"), HasSubstr("\nother,,tiny-base,loss,,nats per token,tiny-base,"));
  EXPECT_THAT(Page("report/report.html"), HasSubstr("Losses of text"));
  Eval("tiny-base", "olmo", "base");
  ASSERT_EQ(Run("report runs/base losses/tiny-versatile/losses.jsonl"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("Losses of text"), HasSubstr("Other models")));
}

}  // namespace
}  // namespace vffn
