#include "apps/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Outcome {
  int exit_code = 0;
  std::string output, errors;
};

Outcome Call(CommandLine& command_line, std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "program");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = command_line.Run(static_cast<int>(arguments.size()), arguments.data());
  return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

class CommandLineTest : public testing::Test {
 protected:
  CommandLineTest() : command_("program", "Does things.", "1.2.3") {
    run_ = &command_.root().AddCommand("run", "Runs.");
    run_->OnRun([this] { ++runs_; });
  }

  /// Exit code 0 and `command` ran, once.
  void ExpectRuns(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "run");
    const int before = runs_;
    const Outcome outcome = Call(command_, arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_EQ(runs_, before + 1);
  }

  void ExpectRefused(std::vector<const char*> arguments, const char* reason) {
    arguments.insert(arguments.begin(), "run");
    const int before = runs_;
    const Outcome outcome = Call(command_, arguments);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.output, "");
    EXPECT_THAT(outcome.errors, HasSubstr(reason));
    EXPECT_EQ(runs_, before);
  }

  CommandLine command_;
  Command* run_ = nullptr;
  int runs_ = 0;
};

TEST_F(CommandLineTest, TakesTrueAndFalseOfAChoiceThatMayBeAbsent) {
  std::optional<bool> choice;
  bool other = false;
  run_->Add("--choice true|false", &choice, "A choice.");
  run_->Add("--other", &other, "A flag.");
  ExpectRuns({});
  EXPECT_FALSE(choice.has_value());
  ExpectRuns({"--choice", "false"});
  EXPECT_EQ(choice, false);
  ExpectRuns({"--choice", "True"});
  EXPECT_EQ(choice, true);
  choice.reset();
  ExpectRuns({"--choice", "--other"});
  EXPECT_EQ(choice, true);
  EXPECT_TRUE(other);
  ExpectRuns({"--choice=false"});
  EXPECT_EQ(choice, false);
  ExpectRefused({"--choice", "perhaps"}, "--choice");
}

TEST_F(CommandLineTest, SetsVariablesOfEveryType) {
  bool flag = false;
  std::string text = "unchanged";
  std::filesystem::path path;
  int number = 0;
  int64_t large = 0;
  uint64_t seed = 0;
  double real = 0;
  std::optional<int64_t> maybe;
  std::optional<double> maybe_real, absent;
  std::vector<std::string> words;
  std::vector<int64_t> numbers;
  std::vector<double> reals;
  run_->Add("--flag", &flag, "");
  run_->Add("--text TEXT", &text, "");
  run_->Add("--path FILE", &path, "");
  run_->Add("--number N", &number, "");
  run_->Add("--large N", &large, "");
  run_->Add("--seed N", &seed, "");
  run_->Add("--real X", &real, "");
  run_->Add("--maybe N", &maybe, "");
  run_->Add("--maybe_real X", &maybe_real, "");
  run_->Add("--absent X", &absent, "");
  run_->Add("words", &words, "");
  run_->Add("--numbers N", &numbers, "").SeparatedByCommas();
  run_->Add("--reals X", &reals, "").SeparatedByCommas();
  ExpectRuns({"first",
              "second",
              "--flag",
              "--path",
              "a/b",
              "--number",
              "-3",
              "--large",
              "9007199254740993",
              "--seed",
              "18446744073709551615",
              "--real",
              "0.1",
              "--maybe",
              "4",
              "--maybe_real",
              "0.5",
              "--numbers",
              "1,2,3",
              "--reals",
              "0,0.4,1"});
  EXPECT_TRUE(flag);
  EXPECT_EQ(text, "unchanged");
  EXPECT_EQ(path, "a/b");
  EXPECT_EQ(number, -3);
  EXPECT_EQ(large, 9007199254740993);
  EXPECT_EQ(seed, 18446744073709551615u);
  EXPECT_EQ(real, 0.1);
  EXPECT_EQ(maybe, 4);
  EXPECT_EQ(maybe_real, 0.5);
  EXPECT_FALSE(absent.has_value());
  EXPECT_THAT(words, ElementsAre("first", "second"));
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3));
  EXPECT_THAT(reals, ElementsAre(0, 0.4, 1));
}

TEST_F(CommandLineTest, RefusesWhatBreaksARule) {
  std::string name = "a";
  double alpha = 0.05, above = 1, from = 0;
  int count = 200;
  run_->Add("--name NAME", &name, "").OneOf({"a", "b"});
  run_->Add("--alpha P", &alpha, "").Between(0.1, 0.5);
  run_->Add("--count N", &count, "").Between(100, 1000);
  run_->Add("--above X", &above, "").Positive();
  run_->Add("--from X", &from, "").NotNegative();
  ExpectRuns({"--name", "b", "--alpha", "0.5", "--count", "100", "--above", "0.001", "--from", "0"});
  ExpectRefused({"--name", "c"}, "c not in {a,b}");
  ExpectRefused({"--alpha", "0.6"}, "--alpha: \"0.6\" should be a number from 0.1 to 0.5");
  ExpectRefused({"--count", "99"}, "--count: \"99\" should be a number from 100 to 1000");
  ExpectRefused({"--count", "many"}, "--count: \"many\" should be a number");
  ExpectRefused({"--above", "0"}, "--above: \"0\" should be a number above 0");
  ExpectRefused({"--from", "-1"}, "--from: \"-1\" should be a number 0 or more");
  ExpectRefused({"--from", "nan"}, "--from: \"nan\" should be a number 0 or more");
  ExpectRefused({"--name"}, "--name");
  ExpectRefused({"--unknown", "5"}, "there is no option --unknown");
  ExpectRefused({"--cuont", "5"}, "there is no option --cuont; did you mean --count?");
  ExpectRefused({"extra"}, "no option takes the argument extra; several values of one option are separated");
}

TEST_F(CommandLineTest, KnowsWhichOptionsGoTogether) {
  std::string model;
  bool trace = false, branches = false, other = false;
  run_->Add("--model PATH", &model, "").Required();
  Option& trace_option = run_->Add("--trace", &trace, "");
  run_->Add("--branches", &branches, "").Needs(trace_option);
  run_->Add("--other", &other, "").Excludes(trace_option);
  ExpectRefused({}, "--model is required");
  ExpectRefused({"--model", "m", "--branches"}, "--branches requires --trace");
  ExpectRefused({"--model", "m", "--other", "--trace"}, "excludes");
  ExpectRuns({"--model", "m"});
  EXPECT_FALSE(trace_option.given());
  ExpectRuns({"--model", "m", "--trace", "--branches"});
  EXPECT_TRUE(trace_option.given());
}

TEST_F(CommandLineTest, NeedsOneCommand) {
  Command& parent = command_.root().AddCommand("parent", "Has commands.");
  int children = 0;
  parent.AddCommand("child", "Is one.").OnRun([&] { ++children; });
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{}, {"unknown"}, {"parent"}, {"parent", "run"}}) {
    EXPECT_EQ(Call(command_, arguments).exit_code, 1);
  }
  EXPECT_EQ(Call(command_, {"parent", "child"}).exit_code, 0);
  EXPECT_EQ(children, 1);
  EXPECT_EQ(runs_, 0);
}

TEST_F(CommandLineTest, PassesErrorsOfTheCommandOn) {
  run_->OnRun([] { throw std::runtime_error("from the command"); });
  EXPECT_THROW(Call(command_, {"run"}), std::runtime_error);
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
}

TEST_F(CommandLineTest, PrintsVersionAndHelp) {
  std::string model, format = "console";
  int64_t batch = 8;
  std::optional<double> limit;
  std::vector<int64_t> layers;
  bool resume = false;
  run_->Add("input", &model, "File to read.").Required();
  run_->Add("--model PATH", &model, "Checkpoint folder.").Required();
  run_->BeginGroup("Output");
  run_->Add("--format NAME", &format, "Format of the tables.").OneOf({"console", "csv"});
  run_->Add("--batch_size N", &batch, "Sequences per forward pass.").Positive();
  run_->Add("--limit N", &limit, "First docs.").Default("all docs");
  Option& resume_option = run_->Add("--resume", &resume, "Continue.");
  run_->Add("--layers_of_interest N", &layers, "Layers.").SeparatedByCommas().Needs(resume_option);
  run_->AddList({"Names", {{"a=1", "The first."}}});
  run_->AddExample("program run file --model m");
  EXPECT_EQ(Call(command_, {"--version"}).output, "1.2.3\n");
  const Outcome outcome = Call(command_, {"run", "--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output, run_->Help());
  EXPECT_EQ(outcome.output, R"(Runs.

Usage: program run INPUT --model PATH [options]

Options:
  INPUT                   File to read. [required]
  --model PATH            Checkpoint folder. [required]

Output:
  --format NAME           Format of the tables. [one of: console, csv; default:
                          console]
  --batch_size N          Sequences per forward pass. [above 0; default: 8]
  --limit N               First docs. [default: all docs]
  --resume                Continue.
  --layers_of_interest N,...
                          Layers. [needs --resume]

Names:
  a=1                     The first.

General:
  -h, --help              Print this help.

Examples:
  program run file --model m
)");
  EXPECT_EQ(runs_, 0);
  EXPECT_THAT(Call(command_, {"-h"}).output,
              testing::AllOf(HasSubstr("Usage: program COMMAND [options]"),
                             HasSubstr("  run                     Runs.\n"), HasSubstr("--version"),
                             Not(HasSubstr("--model"))));
}

}  // namespace
}  // namespace vffn
