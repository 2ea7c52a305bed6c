// How runs begin: vffn init, --dry-run, failed starts, killed processes, --overwrite, all faults of a
// manifest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/json.h"
#include "base/valid_utf8.h"
#include "eval/ledger.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const fs::path kConfigs = fs::path(VFFN_TESTS_DIR).parent_path() / "configs";
const std::string kData = " --data " + (fs::path(VFFN_TESTS_DIR) / "testdata/tasks").string();

class StartTest : public testing::Test {
 protected:
  void SetUp() override { Init("tiny", "tiny-versatile", ""); }

  void Init(const std::string& output, const std::string& config, const std::string& more) {
    ASSERT_EQ(Run("init " + (kConfigs / (config + ".json")).string() + " --output " + output + " " + more), 0)
        << output_;
  }

  int Run(const std::string& arguments) {
    const ProgramRun run = RunProgram(arguments, folder_.path());
    output_ = run.output;
    return run.exit_code;
  }

  int Eval(const std::string& output, const std::string& more = "") {
    return Run("eval --shard none --model tiny --tasks piqa,arc_easy,hellaswag,sciq --output " + output +
               kData + " " + more);
  }

  /// Every file below the folder, with its text.
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      files[entry.path().lexically_relative(folder_.path()).string()] =
          entry.is_directory() ? "folder" : ReadFile(entry.path());
    }
    return files;
  }

  std::string Ledger(const std::string& run) const { return ReadFile(folder_ / run / "ledger.jsonl"); }

  TemporaryFolder folder_;
  std::string output_;
};

TEST_F(StartTest, InitMakesAModelThatRunsFromEndToEnd) {
  ASSERT_EQ(Eval("out", "--trace out/trace"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("UNTRAINED"));
  ASSERT_EQ(Run("analyze loops --trace out/trace --output loops"), 0) << output_;
  ASSERT_EQ(Run("report out --output report"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("tiny [UNTRAINED]"));
  const Json provenance = ReadJsonFile(folder_ / "tiny/provenance.json");
  EXPECT_TRUE(provenance["untrained"].get<bool>());
  EXPECT_EQ(provenance["initialised"]["seed"], 0);
}

TEST_F(StartTest, InitGivesTheSameBytesForTheSameSeed) {
  const std::string weights = ReadFile(folder_ / "tiny/model.safetensors");
  Init("same", "tiny-versatile", "--seed 0");
  EXPECT_EQ(ReadFile(folder_ / "same/model.safetensors"), weights);
  Init("other", "tiny-versatile", "--seed 1");
  EXPECT_NE(ReadFile(folder_ / "other/model.safetensors"), weights);
  Init("half", "tiny-versatile", "--dtype bfloat16");
  EXPECT_LT(fs::file_size(folder_ / "half/model.safetensors"), weights.size() * 2 / 3);
  for (const char* config : {"tiny-base", "tiny-moe", "tiny-4-loop"}) {
    Init(config, config, "--tokenizer tiny");
    EXPECT_EQ(ReadFile(folder_ / config / "tokenizer.json"), ReadFile(folder_ / "tiny/tokenizer.json"));
    EXPECT_EQ(Run(std::string("eval --shard none --tasks piqa --model ") + config + " --output of-" + config +
                  kData),
              0)
        << output_;
  }
  EXPECT_EQ(Run("init tiny --output tiny"), 1);
  EXPECT_THAT(output_, HasSubstr("tiny"));
  EXPECT_EQ(ReadFile(folder_ / "tiny/model.safetensors"), weights);
  WriteFile(folder_ / "small.json", [&] {
    Json config = ReadJsonFile(folder_ / "tiny/model.json");
    config["vocab_size"] = 300;
    return config.dump();
  }());
  EXPECT_EQ(Run("init small.json --output no --tokenizer tiny"), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("512 tokens"), HasSubstr("vocab_size is 300")));
  EXPECT_FALSE(fs::exists(folder_ / "no"));
  EXPECT_EQ(Run("init small.json --output yes"), 0) << output_;
  EXPECT_EQ(Run("init " + (kConfigs / "demo.json").string() + " --output no"), 1);
  EXPECT_THAT(output_, HasSubstr("demo.json: this is a manifest of 'vffn reproduce'"));
}

TEST_F(StartTest, ARunMayBeInAFolderWhoseNameIsNotUtf8) {
  const std::string run = "caf\xe9";
  ASSERT_EQ(Eval(run, "--log_samples --trace " + run + "/trace"), 0) << output_;
  ASSERT_EQ(Eval("other"), 0) << output_;
  ASSERT_EQ(Run("report " + run + " other --output report"), 0) << output_;
  for (const char* name : {"report.html", "tables.txt", "tables.md", "tables.csv", "tables.json"}) {
    const std::string text = ReadFile(folder_ / "report" / name);
    EXPECT_EQ(text, ValidUtf8(text)) << name;
    EXPECT_THAT(text, HasSubstr("caf\uFFFD")) << name;
  }
}

TEST_F(StartTest, ADryRunWritesNothing) {
  const std::string text = (fs::path(VFFN_TESTS_DIR) / "golden/loss/book.txt").string();
  WriteFile(folder_ / "m.json", R"({"data": ")" + kData.substr(8) +
                                    R"(", "tasks": ["piqa"], "held_out_text": ")" + text +
                                    R"(", "checkpoints": [{"name": "A", "model": "tiny"},
                                    {"name": "B", "model": "tiny", "model_args": "loops=2"}]})");
  const auto before = Files();
  ASSERT_EQ(Eval("out", "--dry-run --trace out/trace --log_samples"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("hellaswag"), HasSubstr("would write out/ledger.jsonl"),
                             HasSubstr("would write out/trace"), HasSubstr("FLOPs"),
                             HasSubstr("nothing was written")));
  ASSERT_EQ(Run("loss --shard none --model tiny --text " + text + " --output out --dry-run"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("would write out/losses.jsonl"));
  ASSERT_EQ(Run("reproduce m.json --shard none --output out --dry-run"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("checkpoint 2 of 2: B"), HasSubstr("loss with loops=2")));
  const std::string part = "eval --shard 1/2 --model tiny --tasks piqa --output out --dry-run" + kData;
  ASSERT_EQ(Run(part), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("the work of all 2 processes together; this one is 1/2"));
  EXPECT_EQ(Run(part + " --overwrite"), 1) << "as without --dry-run";
  EXPECT_EQ(Eval("out", "--dry-run --dtype fp8 --profile x"), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("fp8"), HasSubstr("profile \"x\"")));
  EXPECT_EQ(Files(), before);
  ASSERT_EQ(Eval("out"), 0) << output_;
  const auto run = Files();
  ASSERT_EQ(Eval("out", "--resume --dry-run"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("nothing is left to score"));
  EXPECT_EQ(Eval("out", "--dry-run"), 1) << "as without --dry-run";
  ASSERT_EQ(Eval("out", "--overwrite --dry-run"), 0);
  EXPECT_THAT(output_, HasSubstr("would remove out/ledger.jsonl"));
  EXPECT_EQ(Files(), run);
}

TEST_F(StartTest, ADryRunCountsTheTokensThatAreRead) {
  const std::string loss = "loss --shard none --model tiny --output out --text " +
                           (fs::path(VFFN_TESTS_DIR) / "golden/loss/book.txt").string();
  ASSERT_EQ(Run(loss + " --dry-run --format csv"), 0) << output_;
  const size_t row = output_.find("\nbook.txt,") + 1;
  ASSERT_NE(row, 0u) << output_;
  const std::string line = output_.substr(row, output_.find('\n', row) - row);
  ASSERT_EQ(Run(loss), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("\n" + line.substr(line.rfind(',') + 1) + " tokens in "));
}

TEST_F(StartTest, AFailedStartLeavesNothing) {
  const auto before = Files();
  for (const char* wrong :
       {"--trace t --trace_layers 0 --trace_branches --trace_features piqa:999", "--max_length 99999",
        "--tokenizer nowhere", "--device gpu", "--limit 2.5", "--data nowhere"}) {
    EXPECT_EQ(Eval("out", wrong), 1) << wrong;
    EXPECT_EQ(Files(), before) << wrong;
  }
  EXPECT_EQ(Eval("tiny/model.json"), 1);
  EXPECT_THAT(output_, HasSubstr("is a file"));
  EXPECT_EQ(Files(), before);
  EXPECT_EQ(Eval("out", "--device gpu --tokenizer nowhere --limit 2.5"), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("3 things are wrong"), HasSubstr("gpu"), HasSubstr("nowhere"),
                             HasSubstr("2.5")));
}

// What a process leaves that is killed after any number of bytes, without the trace's last part.
TEST_F(StartTest, ALedgerThatIsCutAnywhereIsGoneOnWithOrBegunAnew) {
  ASSERT_EQ(Eval("whole"), 0) << output_;
  const std::string whole = Ledger("whole");
  const size_t first_doc = whole.find(R"({"row":"doc")");
  const size_t second_doc = whole.find(R"({"row":"doc")", first_doc + 1);
  for (const size_t size : {size_t{0}, size_t{7}, whole.find('\n'), whole.find('\n') + 1, first_doc,
                            first_doc + 9, second_doc, second_doc + 30, whole.size() / 2, whole.size() - 1}) {
    fs::create_directories(folder_ / "cut");
    WriteFile(folder_ / "cut/ledger.jsonl", whole.substr(0, size));
    const bool has_docs = size >= second_doc;
    EXPECT_EQ(HasDocs(folder_ / "cut/ledger.jsonl"), has_docs) << size;
    if (!has_docs) {
      EXPECT_EQ(Run("compare cut whole"), 1) << size;
      EXPECT_EQ(Run("report cut"), 1) << size;
    }
    ASSERT_EQ(Eval("cut", has_docs ? "--resume" : ""), 0) << size << output_;
    EXPECT_EQ(Ledger("cut"), whole) << size;
    fs::remove_all(folder_ / "cut");
  }
  // A header of another run counts as absent, too, whatever the option.
  for (const char* option : {"", "--resume"}) {
    fs::create_directories(folder_ / "cut");
    WriteFile(folder_ / "cut/ledger.jsonl", whole.substr(0, first_doc));
    ASSERT_EQ(Eval("cut", std::string("--dtype bfloat16 ") + option), 0) << output_;
  }
}

TEST_F(StartTest, AKilledProcessLeavesWhatTheNextOneCanUse) {
  ASSERT_EQ(Eval("whole", "--trace whole/trace"), 0) << output_;
  for (const char* seconds : {"0.01", "0.03", "0.05", "0.07", "0.09", "0.12", "0.15", "0.2"}) {
    const std::string run = std::string("after-") + seconds;
    const std::string options =
        "eval --shard none --model tiny --tasks piqa,arc_easy,hellaswag,sciq --output " + run + kData +
        " --trace " + run + "/trace";
    [[maybe_unused]] const int killed =
        std::system(("cd '" + folder_.path().string() + "' && timeout -s KILL " + seconds +
                     " " VFFN_PROGRAM " " + options + " >/dev/null 2>&1")
                        .c_str());
    const bool has_docs = HasDocs(folder_ / run / "ledger.jsonl");
    ASSERT_EQ(Run(options + (has_docs ? " --resume" : "")), 0) << seconds << output_;
    EXPECT_EQ(Ledger(run), Ledger("whole")) << seconds;
  }
}

TEST_F(StartTest, OverwriteReplacesARunOfOtherSettings) {
  ASSERT_EQ(Eval("out", "--log_samples --trace out/trace"), 0) << output_;
  WriteFile(folder_ / "out/notes.txt", "mine");
  const std::string first = Ledger("out");
  EXPECT_EQ(Eval("out", "--dtype bfloat16 --profile lm-eval"), 1);
  EXPECT_THAT(output_,
              AllOf(HasSubstr("dtype: float32 in the ledger, bfloat16 now"), HasSubstr("profile: olmo"),
                    HasSubstr("--resume"), HasSubstr("--overwrite"), HasSubstr("another --output")));
  EXPECT_EQ(Ledger("out"), first);
  EXPECT_EQ(Eval("out", "--resume --overwrite"), 1);
  EXPECT_EQ(Eval("out", "--overwrite --device gpu"), 1);
  EXPECT_EQ(Ledger("out"), first) << "a failed start removes nothing";
  ASSERT_EQ(Eval("out", "--dtype bfloat16 --overwrite"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("removed out/ledger.jsonl"), HasSubstr("removed out/trace"),
                             HasSubstr("removed out/samples_piqa_")));
  EXPECT_EQ(ReadLedger(folder_ / "out/ledger.jsonl").header.identity.dtype, "bfloat16");
  EXPECT_EQ(ReadFile(folder_ / "out/notes.txt"), "mine");
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_ / "out")) {
    ++files;
  }
  EXPECT_EQ(files, 3u) << "ledger, results, notes";
}

TEST_F(StartTest, OverwriteReplacesLosses) {
  const std::string options = "loss --shard none --model tiny --output out --text " +
                              (fs::path(VFFN_TESTS_DIR) / "golden/loss/book.txt").string();
  ASSERT_EQ(Run(options), 0) << output_;
  EXPECT_THAT(output_, testing::ContainsRegex("loss [0-9.]+ of [0-9]+ tokens\n")) << "the progress line";
  EXPECT_THAT(output_, HasSubstr("the model is UNTRAINED"));
  const std::string header = ReadFile(folder_ / "out/losses.jsonl");
  EXPECT_EQ(Run(options + " --dtype bfloat16"), 1);
  EXPECT_THAT(output_,
              AllOf(HasSubstr("dtype: float32 in the file, bfloat16 now"), HasSubstr("--overwrite")));
  ASSERT_EQ(Run(options + " --dtype bfloat16 --overwrite --trace out/trace"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("removed out/losses.jsonl"));
  ASSERT_EQ(Eval("out", "--overwrite"), 0) << output_;
  EXPECT_THAT(output_, Not(HasSubstr("removed"))) << "the trace is that of the losses";
  WriteFile(folder_ / "out/losses.jsonl", header.substr(0, header.find('\n') + 1));
  ASSERT_EQ(Run(options), 0) << "a header alone counts as absent: " << output_;
  EXPECT_EQ(ReadFile(folder_ / "out/losses.jsonl"), header);
}

TEST_F(StartTest, AManifestIsCheckedAsAWhole) {
  WriteFile(folder_ / "m.json",
            R"({"data": "nowhere", "device": "gpu", "tasks": ["piqa"], "held_out_text": "gone.txt",
  "checkpoints": [
    {"name": "A", "model": "tiny"},
    {"name": "B", "model": "tiny", "tokenizer": "x.json", "row": "354M/5-Loop"},
    {"name": "C", "model": "none", "dtype": "fp8"},
    {"name": "D", "model": "tiny", "model_args": "loop=2", "tasks": "piqua"},
    {"name": "E", "model": "tiny", "limit": 1.5},
    {"name": "F", "model": "tiny", "model_args": "top_k=99"}]})");
  const auto before = Files();
  EXPECT_EQ(Run("reproduce m.json --shard none --output out"), 1);
  EXPECT_EQ(Files(), before);
  for (const char* fault :
       {"\nm.json: device: unknown device 'gpu'",
        "\nm.json: data: nowhere: ", "\nm.json: checkpoints[1] (B): row: ",
        "\nm.json: checkpoints[1] (B): tokenizer: x.json: ", "\nm.json: checkpoints[2] (C): model: none: ",
        "\nm.json: checkpoints[2] (C): dtype: unknown dtype 'fp8'",
        "\nm.json: checkpoints[3] (D): model_args: ", "\nm.json: checkpoints[3] (D): tasks: ",
        "\nm.json: checkpoints[4] (E): limit: ", "\nm.json: checkpoints[5] (F): model_args: top_k=99 ("}) {
    EXPECT_THAT(output_, HasSubstr(fault));
  }
  EXPECT_EQ(output_.find("m.json: data: "), output_.rfind("m.json: data: ")) << "once for all checkpoints";
  EXPECT_THAT(output_, AllOf(Not(HasSubstr("--tokenizer")), Not(HasSubstr("--model_args")),
                             Not(HasSubstr("--limit"))));

  WriteFile(folder_ / "two.json",
            R"({"data": ")" + kData.substr(8) + R"(", "tasks": ["piqa"], "checkpoints": [
    {"name": "A", "model": "tiny", "tasks": 3}, {"name": "B", "model": "tiny", "size": 1}]})");
  EXPECT_EQ(Run("reproduce two.json --output out"), 1);
  EXPECT_THAT(output_,
              AllOf(HasSubstr("checkpoints[0] (A): tasks is 3"), HasSubstr("checkpoints[1] (B): size: ")));
}

TEST_F(StartTest, AManifestNamesTheFolderThatHoldsAnotherRun) {
  const std::string manifest = R"({"data": ")" + kData.substr(8) + R"(", "tasks": ["piqa"], "checkpoints": [
    {"name": "A", "model": "tiny"}, {"name": "B", "model": "tiny", "dtype": "DTYPE"}]})";
  const auto write = [&](const std::string& dtype) {
    std::string text = manifest;
    WriteFile(folder_ / "m.json", text.replace(text.find("DTYPE"), 5, dtype));
  };
  write("float32");
  ASSERT_EQ(Run("reproduce m.json --shard none --output out"), 0) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("(1 of 2) "), HasSubstr("(2 of 2) "))) << "the progress line";
  write("bfloat16");
  EXPECT_EQ(Run("reproduce m.json --shard none --output out --resume"), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("m.json: checkpoints[1] (B): --output: "),
                             HasSubstr("dtype: float32 in the ledger, bfloat16 now"), Not(HasSubstr("(A)"))));
  ASSERT_EQ(Run("reproduce m.json --shard none --output out --overwrite"), 0) << output_;
  EXPECT_EQ(ReadLedger(folder_ / "out/runs/B/ledger.jsonl").header.identity.dtype, "bfloat16");
}

}  // namespace
}  // namespace vffn
