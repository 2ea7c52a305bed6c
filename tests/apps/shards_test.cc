// Runs that several processes share, against runs of one process: every file byte for byte, times aside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <random>
#include <regex>
#include <thread>

#include "base/json.h"
#include "model/config_file.h"
#include "model/weights/checkpoint_writer.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/model/random_checkpoint.h"
#include "tests/text/byte_tokenizer.h"
#include "tokens/border_table.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

constexpr const char* kLauncherVariables[] = {
    "RANK",         "WORLD_SIZE",           "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMI_RANK",
    "PMI_SIZE",     "SLURM_PROCID",         "SLURM_NTASKS",         "SLURM_STEP_NUM_TASKS", "SLURM_STEP_ID",
    "SLURM_JOB_ID", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"};

class ShardsTest : public testing::Test {
 protected:
  void SetUp() override {
    WithoutLauncher();
    WriteFile(folder_ / "tokenizer.json", ByteTokenizer());
    ModelConfig config =
        ReadModelConfig(fs::path(VFFN_TESTS_DIR).parent_path() / "configs" / "tiny-versatile.json");
    config.max_sequence_length = 2048;
    WriteCheckpoint(RandomCheckpoint(config), CheckpointFormat::kVffn, folder_ / "model",
                    {.companions = {folder_ / "tokenizer.json"}});
    fs::create_directories(folder_ / "data");
    for (const char* task : {"arc_challenge.jsonl", "piqa.jsonl", "hellaswag.jsonl"}) {
      fs::copy_file(fs::path(VFFN_TESTS_DIR) / "testdata/tasks" / task, folder_ / "data" / task);
    }
  }
  void TearDown() override { WithoutLauncher(); }

  static void WithoutLauncher() {
    for (const char* name : kLauncherVariables) {
      unsetenv(name);
    }
  }

  int Run(const std::string& arguments) {
    ProgramRun run = RunProgram(arguments, folder_.path());
    output_ = std::move(run.output);
    return run.exit_code;
  }

  /// With a trace in the output folder.
  std::string Traced(const std::string& output, const std::string& more = "") const {
    return Untraced(
        output, "--trace_branches --trace_features piqa:1,hellaswag:2 --trace " + output + "/trace " + more);
  }
  static std::string Untraced(const std::string& output, const std::string& more = "") {
    return "eval --model model --data data --tasks piqa,arc_challenge,hellaswag --log_samples "
           "--output_path " +
           output + " " + more;
  }

  static std::string Shard(int rank, int count) {
    return " --shard " + std::to_string(rank) + "/" + std::to_string(count);
  }

  /// The files of a run, without its parts, dates and times, and without PDF files, which have a date inside.
  std::map<std::string, std::string> Files(const std::string& run) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / run)) {
      std::string name = fs::relative(entry.path(), folder_ / run).string();
      if (!entry.is_regular_file() || name.find("parts/") != std::string::npos || name.ends_with("lock") ||
          name.ends_with(".pdf") ||
          name.ends_with(".tmp")) {  // of a process that was killed while it joined parts
        continue;
      }
      if (const size_t date = name.rfind("_20"); date != std::string::npos) {
        name.resize(date);
      }
      files[name] =
          name.ends_with("results") ? ResultsWithoutTimes(entry.path()) : WithoutDates(entry.path());
    }
    return files;
  }

  /// Names of results files have dates.
  static std::string WithoutDates(const fs::path& path) {
    static const std::regex date(R"(results\\?_[-0-9T.]+\.json)");
    const std::string extension = path.extension().string(), text = ReadFile(path);
    const bool is_text = extension != ".parquet" && extension != ".safetensors";
    return is_text ? std::regex_replace(text, date, "results") : text;
  }

  static std::string ResultsWithoutTimes(const fs::path& path) {
    OrderedJson results = OrderedJson::parse(ReadFile(path));
    results["date"] = results["total_evaluation_time_seconds"] = 0;
    for (const char* field : {"workers", "seconds_to_first_score", "seconds_scoring"}) {
      results["vffn"]["scoring"][field] = 0;
    }
    for (auto& [name, task] : results["vffn"]["scoring"]["tasks"].items()) {
      task["seconds"] = 0;
    }
    return results.dump(1);
  }

  void ExpectSameFiles(const std::string& a, const std::string& b) const {
    const auto of_a = Files(a), of_b = Files(b);
    EXPECT_GT(of_a.size(), 1U);
    for (const auto& [name, text] : of_a) {
      ASSERT_TRUE(of_b.contains(name)) << name << " is in " << a << " alone";
      EXPECT_TRUE(of_b.at(name) == text) << name << " differs";
    }
    for (const auto& [name, text] : of_b) {
      EXPECT_TRUE(of_a.contains(name)) << name << " is in " << b << " alone";
    }
  }

  TemporaryFolder folder_;
  std::string output_;
};

TEST_F(ShardsTest, TheLastOneWritesWhatOneProcessWrites) {
  ASSERT_EQ(Run(Traced("one")), 0) << output_;
  const std::string table = output_.substr(0, output_.find("scored in "));
  for (const int count : {3, 7, 18}) {  // there are 16 docs
    const std::string output = std::to_string(count);
    for (int rank = count - 1; rank >= 0; --rank) {
      ASSERT_EQ(Run(Traced(output, Shard(rank, count))), 0) << output_;
      if (rank > 0) {
        EXPECT_THAT(output_, HasSubstr(std::to_string(count - rank) + " of " + output + " parts are in"));
      }
    }
    EXPECT_THAT(output_, HasSubstr(table.substr(table.find("task "))));
    ExpectSameFiles("one", output);
  }
}

TEST_F(ShardsTest, MergeJoinsTheFoldersOfSeveralMachines) {
  ASSERT_EQ(Run(Untraced("one")), 0) << output_;
  for (int rank = 0; rank < 3; ++rank) {
    ASSERT_EQ(Run(Untraced("machine" + std::to_string(rank), Shard(rank, 3))), 0) << output_;
    EXPECT_THAT(output_, HasSubstr("1 of 3 parts are in machine"));
  }
  EXPECT_EQ(Run("merge machine0 machine2 --output_path joined"), 1);
  EXPECT_THAT(output_, HasSubstr("rank 1 of 3 is missing"));
  EXPECT_EQ(Run("merge machine0 machine1 machine2"), 1);
  EXPECT_THAT(output_, HasSubstr("--output is missing"));
  ASSERT_EQ(Run("merge machine0 machine1 machine2 --output_path joined"), 0) << output_;
  ExpectSameFiles("one", "joined");
  ASSERT_EQ(Run("compare one joined"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("their records have no source_id"));
}

TEST_F(ShardsTest, ATraceIsAddedToPartsWithoutOne) {
  ASSERT_EQ(Run(Traced("one")), 0) << output_;
  for (const char* more : {"", " --resume --trace out/trace --trace_branches"}) {
    for (int rank = 0; rank < 2; ++rank) {
      const int code =
          Run("eval --model model --data data --tasks piqa,arc_challenge,hellaswag "
              "--output_path out" +
              Shard(rank, 2) + more);
      // Rank 1 has not added its trace when rank 0 has.
      const bool early = *more != 0 && rank == 0;
      ASSERT_EQ(code, early ? 1 : 0) << output_;
      EXPECT_EQ(output_.find("run rank 1 again (--shard 1/2 --resume)") != std::string::npos, early);
    }
  }
  EXPECT_TRUE(ReadFile(folder_ / "out/trace/part-00000.parquet") ==
              ReadFile(folder_ / "one/trace/part-00000.parquet"));
  ASSERT_EQ(Run("merge out/parts/* --output_path copy --trace copy/trace"), 0) << output_;
  EXPECT_EQ(ReadFile(folder_ / "copy/ledger.jsonl"), ReadFile(folder_ / "out/ledger.jsonl"));
}

TEST_F(ShardsTest, FollowsLaunchersUnlessTold) {
  ASSERT_EQ(Run(Untraced("one")), 0) << output_;
  const std::map<std::string, std::pair<const char*, const char*>> launchers = {
      {"torchrun", {"RANK", "WORLD_SIZE"}},
      {"mpi", {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}},
      {"slurm", {"SLURM_PROCID", "SLURM_NTASKS"}},
      {"kubernetes", {"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"}}};
  for (const auto& [name, variables] : launchers) {
    setenv(variables.second, "2", 1);
    for (const char* rank : {"0", "1"}) {
      setenv(variables.first, rank, 1);
      ASSERT_EQ(Run(Untraced(name)), 0) << output_;
      EXPECT_THAT(output_, HasSubstr("rank " + std::string(rank) + " of 2 (" + variables.first + " and " +
                                     variables.second + ")"));
    }
    ExpectSameFiles("one", name);
    WithoutLauncher();
  }
  setenv("RANK", "1", 1);
  EXPECT_EQ(Run(Untraced("half")), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("WORLD_SIZE is not set"), HasSubstr("--shard none")));
  ASSERT_EQ(Run(Untraced("none", "--shard none")), 0) << output_;
  ExpectSameFiles("one", "none");
  WithoutLauncher();
  setenv("SLURM_PROCID", "0", 1);
  setenv("SLURM_NTASKS", "1", 1);
  ASSERT_EQ(Run(Untraced("alone")), 0) << output_;
  ExpectSameFiles("one", "alone");
  EXPECT_EQ(Run(Untraced("wrong", "--shard 3/3")), 1);
  EXPECT_THAT(output_, HasSubstr("--shard 3/3: shards are counted from 0"));
}

TEST_F(ShardsTest, ReadersSayThatPartsAreNotJoined) {
  ASSERT_EQ(Run(Traced("out", Shard(1, 3))), 0) << output_;
  for (const char* command : {"compare out out", "report out", "rescore out/ledger.jsonl --profile olmo",
                              "analyze loops --trace out/trace",
                              "eval --model model --data data --tasks piqa --output_path out --resume"}) {
    EXPECT_EQ(Run(command), 1);
    EXPECT_THAT(output_, HasSubstr("the run is in parts: 1 of 3 are finished")) << command;
  }
  EXPECT_EQ(Run(Untraced("out", Shard(0, 4))), 1);
  EXPECT_THAT(output_, HasSubstr("parts of a run that 3 ranks share"));
  EXPECT_EQ(Run(Untraced("out", Shard(1, 3))), 1);
  EXPECT_THAT(output_, HasSubstr("--resume"));
  EXPECT_EQ(Run("eval --model model --data data --tasks piqa --output_path out --resume" + Shard(1, 3)), 1);
  EXPECT_THAT(output_, HasSubstr("begun with other docs"));
  EXPECT_EQ(Run(Untraced("out", "--resume --dtype bfloat16" + Shard(1, 3))), 1);
  EXPECT_THAT(output_, HasSubstr("dtype: float32 in the part, bfloat16 now"));
  ASSERT_EQ(Run(Untraced("one")), 0) << output_;
  EXPECT_EQ(Run(Untraced("one", Shard(0, 2))), 1);
  EXPECT_THAT(output_, HasSubstr("there is a ledger already"));
}

// kill -9 at random moments: the rank is run again alone, and counts no doc twice.
TEST_F(ShardsTest, ARankThatIsKilledIsRunAgainAlone) {
  const std::string docs = ReadFile(folder_ / "data/piqa.jsonl");
  std::string many;
  for (int i = 0; i < 200; ++i) {
    many += docs;
  }
  WriteFile(folder_ / "data/piqa.jsonl", many);
  ASSERT_EQ(Run(Traced("one")), 0) << output_;
  std::mt19937 random(5);
  int kills = 0, saved = 0;
  for (int rank = 0; rank < 2; ++rank) {
    const std::string arguments = Traced("out", "--resume" + Shard(rank, 2));
    const fs::path part = folder_ / ("out/parts/rank-0000" + std::to_string(rank) + "-of-00002/part.json");
    for (bool done = false; !done;) {
      const pid_t child = fork();
      if (child == 0) {
        setpgid(0, 0);
        const ProgramRun run = RunProgram(arguments, folder_.path());
        _exit(run.exit_code);
      }
      setpgid(child, child);
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % (300 + 100 * kills)));
      kill(-child, SIGKILL);
      int status = 0;
      waitpid(child, &status, 0);
      done = WIFEXITED(status);
      ASSERT_TRUE(!done || WEXITSTATUS(status) == 0);
      kills += done ? 0 : 1;
      saved += !done && fs::exists(part) ? 1 : 0;
    }
  }
  EXPECT_GT(kills, 2);
  EXPECT_GT(saved, 0);
  ASSERT_EQ(Run("merge out"), 0) << output_;
  ExpectSameFiles("one", "out");
}

class SharedLossTest : public ShardsTest {
 protected:
  void SetUp() override {
    ShardsTest::SetUp();
    fs::create_directories(folder_ / "tokens");
    BorderTableWriter borders(folder_ / "tokens/part-0-00000.csv.gz");
    std::string bytes;
    int64_t start = 0;
    for (int document = 0; document < 11; ++document) {
      const int64_t end = start + 3 + 40 * document;
      for (int64_t i = start; i < end; ++i) {
        bytes += static_cast<char>(i + 1 == end ? 0 : 65 + i % 23);
        bytes += static_cast<char>(i + 1 == end ? 1 : 0);  // 256: the eos
      }
      borders.Append(start, end, std::to_string(document), "text.jsonl", 1);
      start = end;
    }
    borders.Finish();
    WriteFile(folder_ / "tokens/part-0-00000.npy", bytes);
  }

  static std::string Loss(const std::string& output, const std::string& more = "") {
    return "loss --model model --tokens tokens --max_length 64 --output_path " + output + " " + more;
  }
};

TEST_F(SharedLossTest, TheLastOneWritesWhatOneProcessWrites) {
  for (const char* args : {"", " --model_args loops=2"}) {
    ASSERT_EQ(Run(Loss("one", args)), 0) << output_;
    const std::string table = output_.substr(0, output_.find("± is the standard error"));
    for (int rank = 0; rank < 3; ++rank) {
      ASSERT_EQ(Run(Loss("three", args + Shard(rank, 3))), 0) << output_;
      if (rank == 1) {
        EXPECT_EQ(Run(Loss("three", args)), 1);
        EXPECT_THAT(output_, HasSubstr("2 of 3 are finished"));
      }
    }
    EXPECT_THAT(output_, HasSubstr(table.substr(table.find("source"))));
  }
  for (const char* file :
       {"losses.jsonl", "losses_loops=2.jsonl", "loss_results.json", "loss_results_loops=2.json"}) {
    EXPECT_EQ(ReadFile(folder_ / "three" / file), ReadFile(folder_ / "one" / file));
  }
  for (int rank = 0; rank < 15; ++rank) {  // there are 11 documents
    ASSERT_EQ(Run(Loss("m" + std::to_string(rank), Shard(rank, 15))), 0) << output_;
  }
  EXPECT_EQ(Run("merge m1 m2 --output_path joined"), 1);
  EXPECT_THAT(output_, HasSubstr("ranks 0, 3-14 of 15 are missing"));
  ASSERT_EQ(Run("merge m0 m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 m12 m13 m14 --output_path joined"), 0)
      << output_;
  EXPECT_EQ(ReadFile(folder_ / "joined/losses.jsonl"), ReadFile(folder_ / "one/losses.jsonl"));
}

TEST_F(SharedLossTest, APartThatWasCutGoesOn) {
  ASSERT_EQ(Run(Loss("one")), 0) << output_;
  ASSERT_EQ(Run(Loss("two", Shard(1, 2))), 0) << output_;
  const fs::path part = folder_ / "two/parts/rank-00001-of-00002/losses.jsonl";
  const std::string text = ReadFile(part);
  WriteFile(part, text.substr(0, text.size() - 20));
  ASSERT_EQ(Run(Loss("two", Shard(0, 2))), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("documents are measured"), HasSubstr("--shard 1/2 --resume")));
  EXPECT_EQ(Run(Loss("two", "--limit 5 --resume" + Shard(1, 2))), 1);
  EXPECT_THAT(output_, HasSubstr("begun with other documents"));
  ASSERT_EQ(Run(Loss("two", "--resume" + Shard(1, 2))), 0) << output_;
  EXPECT_EQ(ReadFile(folder_ / "two/losses.jsonl"), ReadFile(folder_ / "one/losses.jsonl"));
}

TEST_F(SharedLossTest, ReproduceSharesEveryCheckpoint) {
  const Json manifest = {{"title", "t"},
                         {"data", "data"},
                         {"tasks", {"piqa", "arc_challenge"}},
                         {"held_out", "tokens"},
                         {"checkpoints",
                          {{{"name", "a"}, {"model", "model"}},
                           {{"name", "b"}, {"model", "model"}, {"model_args", "loops=2"}}}}};
  WriteFile(folder_ / "m.json", manifest.dump());
  ASSERT_EQ(Run("reproduce m.json --output one"), 0) << output_;
  fs::rename(folder_ / "one", folder_ / "alone");  // paths in the tables begin with the folder
  for (int rank = 0; rank < 3; ++rank) {
    ASSERT_EQ(Run("reproduce m.json --output one" + Shard(rank, 3)), 0) << output_;
    EXPECT_EQ(fs::exists(folder_ / "one/report.html"), rank == 2);
  }
  ExpectSameFiles("alone", "one");
  ASSERT_EQ(Run("reproduce m.json --output one --resume" + Shard(1, 3)), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("a: done before"));
}

TEST_F(ShardsTest, ReproduceDoesNotTrainInShares) {
  const Json manifest = {{"title", "t"},
                         {"data", "data"},
                         {"tasks", {"piqa"}},
                         {"training", {{"steps", 1}}},
                         {"checkpoints", {{{"name", "a"}, {"train", Json::object()}}}}};
  WriteFile(folder_ / "m.json", manifest.dump());
  EXPECT_EQ(Run("reproduce m.json --output out" + Shard(0, 2)), 1);
  EXPECT_THAT(output_, AllOf(HasSubstr("the manifest trains models"), HasSubstr("--finished")));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace vffn
