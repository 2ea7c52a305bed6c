#include "apps/command_line/command_line.h"

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
  CommandLineTest() : command_("program", "Does things.", [] { return std::string("1.2.3\n"); }) {
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

TEST_F(CommandLineTest, TakesOptionsThatMayBeAlone) {
  std::string folder = "unset", other;
  const Option& option = run_->Add("--trace [DIR]", &folder, "Where.").MayBeAlone();
  run_->Add("--other X", &other, "Another.");
  ExpectRuns({});
  EXPECT_FALSE(option.given());
  ExpectRuns({"--trace", "t", "--other", "x"});
  EXPECT_EQ(folder, "t");
  ExpectRuns({"--trace", "--other", "x"});
  EXPECT_TRUE(option.given());
  EXPECT_EQ(folder, "");
  folder = "unset";
  ExpectRuns({"--other", "x", "--trace"});
  EXPECT_EQ(folder, "");
}

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
  int64_t whole = 0;
  uint64_t seed = 0;
  bool flag = false;
  run_->Add("--name NAME", &name, "").OneOf({"a", "b"});
  run_->Add("--whole N", &whole, "");
  run_->Add("--seed N", &seed, "");
  run_->Add("--flag", &flag, "");
  run_->Add("--alpha P", &alpha, "").Between(0.1, 0.5);
  run_->Add("--count N", &count, "").Between(100, 1000);
  run_->Add("--above X", &above, "").Positive();
  run_->Add("--from X", &from, "").NotNegative();
  ExpectRuns({"--name", "b", "--alpha", "0.5", "--count", "100", "--above", "0.001", "--from", "0"});
  ExpectRefused({"--name", "c"}, "--name cannot be \"c\"; choose one of a, b");
  ExpectRefused({"--alpha", "0.6"}, "--alpha: \"0.6\" should be a number from 0.1 to 0.5");
  ExpectRefused({"--count", "99"}, "--count: \"99\" should be a number from 100 to 1000");
  ExpectRefused({"--count", "many"}, "--count: \"many\" should be a number");
  ExpectRefused({"--above", "0"}, "--above: \"0\" should be a number above 0");
  ExpectRefused({"--from", "-1"}, "--from: \"-1\" should be a number 0 or more");
  ExpectRefused({"--from", "nan"}, "--from: \"nan\" should be a number 0 or more");
  ExpectRefused({"--whole", "1.5"}, "--whole: \"1.5\" should be a whole number");
  ExpectRefused({"--seed", "-1"}, "--seed: \"-1\" should be a whole number from 0");
  ExpectRefused({"--flag=yes"}, "--flag takes no value");
  ExpectRefused({"--name"}, "--name needs a value: --name NAME");
  ExpectRefused({"--name", "--count", "200"}, "--name needs a value");
  ExpectRefused({"--name", "a", "--name", "b"}, "--name is given twice");
  std::string output = "out", tokenizer;
  run_->Add("--output DIR", &output, "");
  run_->Add("--tokenizer PATH", &tokenizer, "");
  ExpectRefused({"--output", ""}, "--output is empty; give a value: --output DIR");
  ExpectRuns({"--tokenizer", ""});  // as if it were not given
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
  std::string tasks;
  run_->Add("--tasks NAME,...", &tasks, "").SeparatedByCommas().Required();
  ExpectRefused({}, "program run: --model PATH and --tasks NAME,... are missing\n'program run --help' lists");
  ExpectRefused({"--tasks", "t"}, "--model PATH is missing");
  ExpectRefused({"--model", "m", "--tasks", "t", "--branches"}, "--branches needs --trace");
  ExpectRefused({"--model", "m", "--tasks", "t", "--other", "--trace"},
                "--other and --trace exclude each other");
  ExpectRuns({"--model", "m", "--tasks", "t"});
  EXPECT_FALSE(trace_option.given());
  ExpectRuns({"--model=m", "--tasks=t", "--trace", "--branches"});
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
  EXPECT_EQ(Call(command_, {}).errors, command_.root().Help());
  EXPECT_EQ(Call(command_, {"parent"}).errors, parent.Help());
  EXPECT_EQ(Call(command_, {"parent", "child"}).exit_code, 0);
  EXPECT_EQ(children, 1);
  EXPECT_EQ(runs_, 0);
}

TEST_F(CommandLineTest, SaysWhatWasMeant) {
  Command& parent = command_.root().AddCommand("parent", "Has commands.");
  std::string model, tasks, output;
  parent.AddCommand("child", "Is one.").Add("--tasks NAME", &tasks, "");
  run_->Add("--model PATH", &model, "");
  run_->Add("--output,--output_path DIR", &output, "");
  run_->AddHint("--gen_kwargs", "nothing is generated");
  command_.root().AddHint("ls", "write 'program list'");
  const auto message = [&](const std::vector<const char*>& arguments) {
    const Outcome outcome = Call(command_, arguments);
    EXPECT_EQ(outcome.exit_code, 1);
    return outcome.errors.substr(0, outcome.errors.find('\n'));
  };
  EXPECT_EQ(message({"rn"}), "program: there is no command rn; did you mean run?");
  EXPECT_EQ(message({"rnu", "--help"}), "program: there is no command rnu; did you mean run?");
  EXPECT_EQ(message({"help", "rnu"}), "program: there is no command rnu; did you mean run?");
  EXPECT_EQ(message({"version"}), "program: there is no command version; did you mean --version?");
  EXPECT_EQ(message({"--verison"}), "program: there is no option --verison; did you mean --version?");
  EXPECT_EQ(message({"ls"}), "program: there is no command ls; write 'program list'");
  EXPECT_EQ(message({"parent", "chlid"}), "program parent: there is no command chlid; did you mean child?");
  EXPECT_EQ(message({"run", "--modle", "m"}),
            "program run: there is no option --modle; did you mean --model?");
  EXPECT_EQ(message({"run", "-model", "m"}), "program run: there is no option -model; did you mean --model?");
  EXPECT_EQ(message({"run", "--outputpath", "m"}),
            "program run: there is no option --outputpath; did you mean --output_path?");
  EXPECT_EQ(message({"run", "--gen-kwargs", "m"}),
            "program run: there is no option --gen-kwargs; nothing is generated");
  EXPECT_EQ(message({"run", "--tasks", "m"}),
            "program run: there is no option --tasks; 'program parent child' has it");
  EXPECT_EQ(message({"parent", "--tasks", "m"}),
            "program parent: there is no option --tasks; 'program parent child' has it");
  EXPECT_EQ(message({"--model", "m"}), "program: there is no option --model; 'program run' has it");
  EXPECT_EQ(runs_, 0);
}

TEST_F(CommandLineTest, TakesDashesForUnderscores) {
  std::string output;
  bool samples = false, gguf = false;
  run_->Add("--output,--output_path DIR", &output, "");
  run_->Add("--log_samples", &samples, "");
  run_->Add("--transformers-gguf", &gguf, "");
  ExpectRuns({"--output-path=a", "--log-samples", "--transformers_gguf"});
  EXPECT_EQ(output, "a");
  EXPECT_TRUE(samples);
  EXPECT_TRUE(gguf);
}

TEST_F(CommandLineTest, TakesBlanksAndACommaAtTheEndOfLists) {
  std::string tasks;
  std::vector<int64_t> layers;
  run_->Add("--tasks NAME,...", &tasks, "").SeparatedByCommas();
  run_->Add("--layers N", &layers, "").SeparatedByCommas();
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{"piqa,arc_easy"},
                                             {"piqa, arc_easy"},
                                             {" piqa ,arc_easy, "},
                                             {"piqa,", "arc_easy"},
                                             {"piqa", ",", "arc_easy"},
                                             {"piqa", ",arc_easy"},
                                             {"piqa", "arc_easy"},
                                             {"piqa,arc_easy,"}}) {
    std::vector<const char*> arguments = {"--tasks"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    arguments.insert(arguments.end(), {"--layers", "1,", "2"});
    ExpectRuns(arguments);
    EXPECT_EQ(tasks, "piqa,arc_easy");
    EXPECT_THAT(layers, ElementsAre(1, 2));
  }
  ExpectRuns({"--tasks=piqa,", "arc_easy"});
  EXPECT_EQ(tasks, "piqa,arc_easy");
  ExpectRuns({"--tasks", "a", "--tasks", "b"});
  EXPECT_EQ(tasks, "a,b");
  ExpectRefused({"--tasks", "a,,b"}, "--tasks: element 2 of the list \"a,,b\" is empty; remove the comma");
  ExpectRefused({"--tasks", "a, ,b"}, "element 2 of the list");
  ExpectRefused({"--tasks", ",a"}, "element 1 of the list");
  ExpectRefused({"--layers", "1,,2"}, "--layers: element 2");
  ExpectRefused({"--layers", "1,x"}, "--layers: \"x\" should be a whole number");
  ExpectRefused({"--tasks", ""}, "--tasks: the list is empty");
}

// Words behind a list may be arguments of their own.
TEST_F(CommandLineTest, TakesOneWordOfAListBesideArgumentsWithoutNames) {
  std::string tasks;
  std::vector<std::string> inputs;
  run_->Add("inputs", &inputs, "");
  run_->Add("--tasks NAME,...", &tasks, "").SeparatedByCommas();
  ExpectRuns({"--tasks", "piqa,", "arc_easy", "a", "b"});
  EXPECT_EQ(tasks, "piqa,arc_easy");
  EXPECT_THAT(inputs, ElementsAre("a", "b"));
  ExpectRuns({"--tasks", "piqa", "--", "--a"});
  EXPECT_THAT(inputs, ElementsAre("--a"));
}

TEST_F(CommandLineTest, ReadsTheEnvironment) {
  int workers = 3;
  std::string data = "here";
  run_->Add("--workers N", &workers, "").Positive().FromEnvironment("VFFN_TEST_WORKERS");
  run_->Add("--data DIR", &data, "").FromEnvironment("VFFN_TEST_DATA");
  setenv("VFFN_TEST_WORKERS", "5", 1);
  setenv("VFFN_TEST_DATA", "", 1);
  ExpectRuns({});
  EXPECT_EQ(workers, 5);
  EXPECT_EQ(data, "here") << "an empty variable says nothing";
  ExpectRuns({"--workers", "7"});
  EXPECT_EQ(workers, 7);
  setenv("VFFN_TEST_WORKERS", "", 1);
  ExpectRuns({});
  setenv("VFFN_TEST_WORKERS", "many", 1);
  ExpectRefused({}, "the environment variable VFFN_TEST_WORKERS: \"many\" should be a number above 0");
  unsetenv("VFFN_TEST_WORKERS");
  unsetenv("VFFN_TEST_DATA");
}

TEST_F(CommandLineTest, HelpsWhereverHelpIsAsked) {
  std::string model;
  run_->Add("--model PATH", &model, "").Required();
  const std::string help = run_->Help();
  EXPECT_EQ(Call(command_, {"run", "--model", "--help"}).output, help);
  EXPECT_EQ(Call(command_, {"run", "--unknown", "-h"}).output, help);
  EXPECT_EQ(Call(command_, {"--help", "run"}).output, command_.root().Help());
  EXPECT_EQ(Call(command_, {"help", "run"}).output, help);
  EXPECT_EQ(Call(command_, {"help"}).output, command_.root().Help());
  EXPECT_EQ(Call(command_, {"run", "--version"}).output, "1.2.3\n");
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
