// vffn reproduce on a manifest that trains: token files from a text, two methods, two seeds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "runs/losses/loss_file.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/text/byte_tokenizer.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class StudyTest : public testing::Test {
 protected:
  void SetUp() override {
    WriteFile(folder_ / "tokenizer.json", ByteTokenizer());
    std::string lines;
    for (int i = 0; i < 60; ++i) {
      lines += R"({"id": ")" + std::to_string(i) + R"(", "text": "Text )" + std::to_string(i * i) +
               R"( of a small corpus, again and again a small text."})" + "\n";
    }
    WriteFile(folder_ / "corpus.jsonl", lines);
    ASSERT_EQ(Run("tokens --tokenizer " + In("tokenizer.json") +
                  " --eos_token_id 256 --held_out 0.2 --output " + In("tokens") + " " + In("corpus.jsonl")),
              0)
        << output_;
    std::filesystem::create_directory(folder_ / "data");
    std::filesystem::copy_file(std::filesystem::path(VFFN_TESTS_DIR) / "testdata/tasks/piqa.jsonl",
                               folder_ / "data/piqa.jsonl");
    WriteFile(folder_ / "m.json", Manifest().dump());
  }

  static Json Manifest() {
    return ParseJson(
        R"({"title": "A tiny study", "data": "data", "tasks": ["piqa"], "limit": 3, "held_out": "tokens/held_out",
        "training": {"model": {"d_model": 16, "n_layers": 2, "n_heads": 2, "n_kv_heads": 2, "head_size": 8,
                               "ffn_hidden_size": 16, "vocab_size": 257, "max_sequence_length": 256,
                               "rope_theta": 10000, "norm_epsilon": 1e-5, "tied_head": false, "ffn": "dense"},
                     "tokenizer": "tokenizer.json",
                     "data": {"train": "tokens", "held_out": "tokens/held_out", "sequence_length": 32},
                     "evaluation": {"every": 2}, "steps": 4, "global_batch": 2, "dtype": "float32", "threads": 1},
        "continuation": {"seed": 100},
        "checkpoints": [
          {"name": "Base", "seeds": [1, 2], "train": {}},
          {"name": "Base continued", "seeds": [1, 2], "continues": "Base"},
          {"name": "VersatileFFN", "seeds": [1, 2], "continues": "Base", "controls": ["shuffle_loops=1"],
           "train": {"upcycle": {"ffn": "versatile", "n_experts": 4, "top_k": 2, "max_loops": 3}}}],
        "study": {"tables": [{"name": "table-1", "title": "Methods", "baseline": "Base continued",
                              "rows": ["Base", "Base continued", "VersatileFFN"]}]}})",
        "manifest");
  }

  std::string In(const std::string& name) const { return (folder_ / name).string(); }

  int Run(const std::string& arguments) {
    ProgramRun run = RunProgram(arguments);
    output_ = std::move(run.output);
    return run.exit_code;
  }
  int Reproduce(const std::string& more) {
    return Run("reproduce " + In("m.json") + " --output " + In("out") + " " + more);
  }

  TemporaryFolder folder_;
  std::string output_;
};

TEST_F(StudyTest, TrainsScoresAndReports) {
  ASSERT_EQ(Reproduce("--resume"), 0) << output_;
  EXPECT_THAT(ReadFile(folder_ / "out/study.md"),
              AllOf(HasSubstr("# A tiny study"), HasSubstr("| VersatileFFN (seed 2)"),
                    HasSubstr("shuffle_loops=1"), Not(HasSubstr("nan"))));
  const Json losses = ReadJsonFile(folder_ / "out/study/table-1-loss.json");
  ASSERT_EQ(losses.size(), 3u);
  EXPECT_EQ(losses[2]["seeds"], 2);
  EXPECT_GT(losses[2]["difference_stderr"], 0);
  EXPECT_TRUE(losses[1]["difference"].is_null());
  const Json layers = ReadJsonFile(folder_ / "out/study/table-1-layers.json");
  EXPECT_EQ(layers.size(), 4u);  // two layers of two seeds
  EXPECT_THAT(ReadFile(folder_ / "out/report.html"), HasSubstr("Models trained here"));

  // Base and its continuation have the same seed; the losses are of the same documents.
  const auto base = ReadLosses(folder_ / "out/runs/Base-(seed-1)/losses.jsonl").InOrder();
  EXPECT_EQ(base.size(),
            ReadLosses(folder_ / "out/runs/VersatileFFN-(seed-2)/losses.jsonl").InOrder().size());
  ASSERT_EQ(Run("loss --model '" + In("out/training/Base-(seed-1)/final") + "' --tokens " +
                In("tokens/held_out") + " --workers 1 --output_path " + In("alone")),
            0)
      << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("corpus.jsonl"), HasSubstr("bits a byte")));
  EXPECT_EQ(ReadLosses(folder_ / "alone/losses.jsonl").InOrder(), base);

  ASSERT_EQ(Reproduce("--resume"), 0) << output_;
  EXPECT_THAT(output_,
              AllOf(HasSubstr("VersatileFFN (seed 2): trained before"), Not(HasSubstr(": training, "))));
}

TEST_F(StudyTest, ReportsWhatIsFinished) {
  EXPECT_EQ(Reproduce("--finished"), 1);
  EXPECT_THAT(output_, HasSubstr("none of the checkpoints is there yet"));
  ASSERT_EQ(Reproduce("--resume"), 0) << output_;
  std::filesystem::remove_all(folder_ / "out/training/VersatileFFN-(seed-2)");
  ASSERT_EQ(Reproduce("--resume --finished"), 0) << output_;
  EXPECT_EQ(ReadJsonFile(folder_ / "out/study/table-1-loss.json")[2]["seeds"], 1);

  Json manifest = Manifest();
  manifest["training"]["steps"] = 5;
  WriteFile(folder_ / "m.json", manifest.dump());
  EXPECT_EQ(Reproduce("--resume"), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("checkpoints[0] (Base (seed 1))"), HasSubstr("another configuration"),
                             HasSubstr("/steps")));
}

}  // namespace
}  // namespace vffn
