// What the program answers to people who mistype, or who know other programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/json.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

TEST(Messages, SayWhatToTypeInstead) {
  const std::string eval = "eval --model none.gguf --tasks piqa ";
  const std::vector<std::pair<std::string, const char*>> cases = {
      {"evl", "vffn: there is no command evl; did you mean eval?"},
      {"analyze lops", "vffn analyze: there is no command lops; did you mean loops?"},
      {"analyze .", "vffn analyze: . is a file or folder; the name of a command comes before it"},
      {"reproduce .", "vffn: .: it is a folder; a file is expected"},
      {"reproduce none.json", "none.json: cannot be opened for reading: No such file or directory"},
      {"--verison", "there is no option --verison; did you mean --version?"},
      {"run --model hf", "there is no command run; write 'vffn eval'"},
      {"eval --modle m", "there is no option --modle; did you mean --model?"},
      {"compare --tasks piqa a b", "there is no option --tasks; 'vffn eval', commands of"},
      {"audit --format lates", "--format cannot be \"lates\"; did you mean latex?"},
      {"compare paper:720M/6-Lop paper:720M/Base", "there is no row 720M/6-Lop; did you mean 720M/6-Loop?"},
      {"compare paper:720M/Base paper:720M/MoE --metric bits", "did you mean bits_per_byte?"},
      {"tasks helaswag", "there is no task \"helaswag\"; did you mean hellaswag?"},
      {eval + "--profile lmeval", "there is no profile \"lmeval\"; did you mean lm-eval?"},
      {eval + "--num_fewshot 5", "the name of a task says how many solved examples its prompts have"},
      {eval + "--model_args dtype=bfloat16", "Write --model none.gguf --dtype bfloat16"},
      {"eval --model hf --model_args pretrained=m --tasks piqa", "Write --model m;"},
      {eval + "--output_dir x", "write --output DIR"},
      {eval + "--gen_kwargs x", "no text is generated"},
      {eval + "--use-cache x", "--resume continues it"},
      {eval + "--predict_only", "'vffn rescore'"},
      {eval + "-m x", "write --model PATH"},
      {eval + "--limit", "--limit needs a value: --limit N"},
      {"eval --model m --tasks a,,b", "element 2 of the list \"a,,b\" is empty"},
      {eval + "--model_args top_k=2,,loops=1", "element 2 of the list"},
      {"convert --model m --output o --to hugginface", "did you mean huggingface?"},
  };
  for (const auto& [arguments, message] : cases) {
    const ProgramRun run = RunProgram(arguments);
    EXPECT_EQ(run.exit_code, 1) << arguments;
    EXPECT_THAT(run.output, AllOf(StartsWith("vffn"), HasSubstr(message))) << arguments;
  }
}

TEST(Messages, TakeWhatChangesNothing) {
  const ProgramRun run = RunProgram(
      "eval --model=none.gguf --tasks piqa, arc_easy, --batch_size auto --log-samples --num_fewshot 0");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.output, AllOf(HasSubstr("--batch_size auto has no effect"), HasSubstr("none.gguf"),
                                Not(HasSubstr("there is no task")), Not(HasSubstr("option"))));
}

TEST(Version, BeginsWithALineOfItsOwn) {
  const std::string text = RunProgram("--version").output;
  EXPECT_THAT(text.substr(0, text.find('\n')), MatchesRegex("vffn [0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(text, AllOf(HasSubstr("\ncommit "), HasSubstr("\nLibTorch    2."), HasSubstr("\nkernels "),
                          HasSubstr("\nprocessor "), HasSubstr("\ncompiler ")));
  EXPECT_EQ(RunProgram("eval --version").output, text);
}

TEST(Formats, AreThoseOfEveryTable) {
  for (const char* command : {"models", "tasks", "audit", "flops --table2"}) {
    const std::string arguments = std::string(command) + " --format ";
    EXPECT_THAT(RunProgram(arguments + "latex").output, HasSubstr("\\toprule")) << command;
    EXPECT_THAT(RunProgram(arguments + "markdown").output, HasSubstr("|")) << command;
    EXPECT_FALSE(ParseJson(RunProgram(arguments + "json").output, command).empty()) << command;
    EXPECT_THAT(RunProgram(arguments + "csv").output, MatchesRegex("[a-zA-Z_0-9]+,(.|\n)*")) << command;
  }
}

TEST(Limit, OfZeroIsAllDocuments) {
  const TemporaryFolder folder;
  WriteFile(folder / "text.txt", "one\ntwo\nthree\n");
  const std::string tokens =
      "tokens --tokenizer " + std::string(VFFN_TESTS_DIR) + "/golden/harness/model/tokenizer.json --limit 0 ";
  const ProgramRun written =
      RunProgram(tokens + "--eos_token_id 0 --output out text.txt --text_lines", folder.path());
  EXPECT_EQ(written.exit_code, 0);
  EXPECT_THAT(written.output, HasSubstr("train: 3 documents"));
  const ProgramRun shown = RunProgram(tokens + "--show out/part-0-00000.npy", folder.path());
  EXPECT_THAT(shown.output, HasSubstr("3 documents"));
}

TEST(Messages, SayThatTheOutputIsCutShort) {
  const ProgramRun run = RunProgram("tasks --all 2>&1 > /dev/full || echo exit code $?");
  EXPECT_EQ(run.output, "vffn: standard output: not everything could be written\nexit code 1\n");
}

}  // namespace
}  // namespace vffn
