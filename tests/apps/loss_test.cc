// `vffn loss` as a process: killed, resumed, shared out, and what it says of texts that are not as they
// should be.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

const fs::path kLossGolden = fs::path(VFFN_TESTS_DIR) / "golden" / "loss";

class LossProgram : public testing::Test {
 protected:
  /// A document of many windows, and some short ones.
  void SetUp() override {
    const std::string book = ReadFile(kLossGolden / "book.txt");
    std::string text = "The river carries the bridge.\n\n";
    for (int i = 0; i < 20; ++i) {
      for (const char byte : book) {
        text += byte == '\n' ? ' ' : byte;
      }
    }
    WriteFile(folder_ / "text.txt", text + "\nThe end.\n");
  }

  static std::string Options(const std::string& output) {
    return " --text text.txt --text_lines --max_length 32 --log_tokens --output_path " + output;
  }

  ProgramRun Run(const std::string& options) const {
    return RunProgram("loss --shard none --model " + (kLossGolden / "model.gguf").string() + options,
                      folder_.path());
  }

  /// Runs the program until a file has so many bytes, then kills it. False if it ended before.
  bool KillAt(const std::string& options, const fs::path& file, uintmax_t bytes) const {
    const pid_t child = fork();
    if (child == 0) {
      const std::string command = "exec " VFFN_PROGRAM " loss --shard none --model " +
                                  (kLossGolden / "model.gguf").string() + options;
      const int output = open("/dev/null", O_WRONLY);
      dup2(output, 1);
      dup2(output, 2);
      _exit(chdir(folder_.path().c_str()) == 0 ? execl("/bin/sh", "sh", "-c", command.c_str(), nullptr)
                                               : 126);
    }
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      std::error_code none;
      if (const uintmax_t size = fs::file_size(file, none); !none && size >= bytes) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return WIFSIGNALED(status);
  }

  TemporaryFolder folder_;
};

TEST_F(LossProgram, GoesOnAfterAKill) {
  const ProgramRun whole = Run(Options("whole"));
  ASSERT_EQ(whole.exit_code, 0) << whole.output;
  EXPECT_THAT(whole.output,
              AllOf(HasSubstr("rolling windows of 32 tokens"), HasSubstr("clustered by document"),
                    HasSubstr("note: 1 document is empty"), HasSubstr("word perplexity")));
  int killed = 0;
  for (const uintmax_t bytes : {2000, 8000, 20000}) {
    killed += KillAt(Options("killed") + " --resume", folder_ / "killed/losses.jsonl", bytes) ? 1 : 0;
  }
  EXPECT_GT(killed, 0);
  const ProgramRun resumed = Run(Options("killed") + " --resume");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.output;
  for (const char* name : {"losses.jsonl", "token_losses.jsonl", "loss_results.json"}) {
    EXPECT_EQ(ReadFile(folder_ / "killed" / name), ReadFile(folder_ / "whole" / name)) << name;
  }
  const ProgramRun other = Run(" --text text.txt --text_lines --window 32 --output_path killed --resume");
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.output, HasSubstr("window.kind: rolling in the file, stride now"));
}

TEST_F(LossProgram, PartsAreJoined) {
  ASSERT_EQ(Run(Options("whole")).exit_code, 0);
  const std::string part =
      "loss --model " + (kLossGolden / "model.gguf").string() + Options("parts") + " --shard ";
  ASSERT_EQ(RunProgram(part + "0/2", folder_.path()).exit_code, 0);
  const ProgramRun last = RunProgram(part + "1/2", folder_.path());
  EXPECT_THAT(last.output, AllOf(HasSubstr("rolling windows"), HasSubstr("loss_results.json")));
  fs::remove(folder_ / "parts/losses.jsonl");
  ASSERT_EQ(RunProgram("merge parts", folder_.path()).exit_code, 0);
  for (const char* name : {"losses.jsonl", "token_losses.jsonl", "loss_results.json"}) {
    EXPECT_EQ(ReadFile(folder_ / "parts" / name), ReadFile(folder_ / "whole" / name)) << name;
  }
}

TEST_F(LossProgram, SaysWhatIsWrongWithAText) {
  WriteFile(folder_ / "bad.jsonl", "{\"text\": \"good\"}\n{\"text\": \"\xC3\"}\n");
  EXPECT_THAT(Run(" --text bad.jsonl").output, AllOf(HasSubstr("bad.jsonl:2"), HasSubstr("--skip_bad")));
  const ProgramRun skipped = Run(" --text bad.jsonl --skip_bad");
  EXPECT_EQ(skipped.exit_code, 0);
  EXPECT_THAT(skipped.output, HasSubstr("1 document could not be read"));
  WriteFile(folder_ / "odd.npy", "abc");
  EXPECT_THAT(Run(" --tokens odd.npy").output, AllOf(HasSubstr("odd.npy"), HasSubstr("no multiple of 2")));
  EXPECT_THAT(Run("").output, AllOf(HasSubstr("--text"), HasSubstr("--tokens")));
  EXPECT_THAT(Run(" --text text.txt --chunks 1000").output,
              HasSubstr("--chunks 1000: the model takes up to"));
}

}  // namespace
}  // namespace vffn
