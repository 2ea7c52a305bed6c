// Commands, options and help of a command-line program.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/command_line/help_text.h"
#include "apps/command_line/option_values.h"

namespace vffn {

/// One option of a command. Each method adds a rule, which the help text states, and returns the option. A
/// command line that breaks a rule ends the program with exit code 1 and a message.
class Option {
 public:
  Option& Required();
  Option& OneOf(const std::vector<std::string>& values);
  Option& Between(int low, int high);        ///< both included
  Option& Between(double low, double high);  ///< both included
  Option& Positive();
  Option& NotNegative();
  Option& MayBeAlone();             ///< without a value, which is the empty text then: "--trace [DIR]"
  Option& SeparatedByCommas();      ///< a list: "a,b", "a, b", and "a, b" in two words; see SplitList
  Option& Needs(Option& other);     ///< both are given, or this one is not
  Option& Excludes(Option& other);  ///< at most one of the two is given

  /// The environment variable that gives the value where the command line does not.
  Option& FromEnvironment(const std::string& variable);

  /// The default in words, where the variable's value does not show it: "all tasks".
  Option& Default(std::string text);

  const std::string& name() const { return name_; }  ///< "--model"
  bool given() const { return given_; }              ///< on the command line

 private:
  friend class Command;
  Option(std::string_view declaration, const OptionTarget& target, std::string text);

  bool positional() const { return !name_.starts_with('-'); }
  bool IsCalled(const std::string& name) const;  ///< by any of its names; - and _ are the same
  void Set(const std::vector<std::string>& words, const std::string& origin);
  const char* Alone() const;  ///< what it stands for without a value; nullptr: it needs one
  void ReadEnvironment();
  void CheckOthers() const;  ///< Needs and Excludes

  std::string Usage() const;  ///< "--tasks NAME,..."
  HelpEntry Help() const;

  OptionTarget target_;
  std::string name_, value_, text_, default_, environment_;
  std::vector<std::string> others_;  ///< its other names
  bool required_ = false, commas_ = false, alone_ = false, given_ = false;
  /// What is wrong with a value, as the end of a message that begins with the option; empty: nothing.
  std::vector<std::function<std::string(const std::string&)>> checks_;
  std::vector<const Option*> needed_, excluded_;
  std::vector<std::string> rules_;  ///< "above 0"
};

/// A command with options, or with commands of its own.
class Command {
 public:
  ~Command();

  /// The heading under which the help text lists the options added from now on.
  void BeginGroup(std::string title);

  /// `declaration`: "--model PATH", "--resume" (a flag), or "ledger" (an argument without a name); further
  /// names of an option follow a comma: "--output,--output_path DIR". `text` is the help: what the option
  /// does, its unit and its values; defaults and rules are added to it. The target must outlive the command,
  /// and its value is the default.
  Option& Add(std::string_view declaration, const OptionTarget& target, std::string text);

  /// The heading under which the help text lists the commands added from now on.
  void BeginCommands(std::string title);

  /// A command of this command. `description` is a sentence.
  Command& AddCommand(const std::string& name, const std::string& description);

  /// A list that explains values below the options.
  void AddList(HelpSection list);

  /// A command line that the help text shows.
  void AddExample(std::string example);

  /// What to do here instead of an option or a command that other programs have: ("--gen_kwargs", "nothing is
  /// generated"). It follows "there is no option --gen_kwargs; ".
  void AddHint(std::string name, std::string advice);

  /// What the command does. What it throws passes through CommandLine::Run.
  void OnRun(std::function<void()> run);

  std::string Help() const;

 private:
  friend class CommandLine;
  Command(Command* parent, std::string path, std::string description);

  struct Group {
    std::string title;
    std::vector<std::unique_ptr<Option>> options;
  };
  struct CommandGroup {
    std::string title;
    std::vector<std::unique_ptr<Command>> commands;
  };

  std::string Usage() const;
  std::vector<HelpSection> Sections() const;

  // What the words of a command line stand for (command_parser.cc).
  std::vector<Command*> Commands() const;
  std::vector<Option*> Options() const;
  Option* Named(const std::string& name) const;  ///< null if there is none
  Command& Child(const std::string& name) const;
  std::vector<std::string> Corrected(const std::vector<std::string>& words) const;
  void Parse(const std::vector<std::string>& words);
  void CheckOptions() const;
  std::string HintFor(const std::string& name) const;
  [[noreturn]] void FailUnknownOption(const std::string& name) const;
  std::vector<std::string> CommandsWith(const std::string& option) const;

  Command* parent_;
  std::string path_, name_, description_;
  std::vector<Group> groups_;
  std::vector<CommandGroup> commands_;
  std::vector<HelpSection> lists_;
  std::vector<std::string> examples_;
  std::map<std::string, std::string> hints_;
  std::function<void()> run_;
};

/// The whole command line of a program, with --help for every command and --version.
class CommandLine {
 public:
  CommandLine(const std::string& program, const std::string& description,
              std::function<std::string()> version);
  ~CommandLine();

  Command& root() { return *root_; }

  /// Parses the arguments and runs the command that they name. Returns the exit code: 0, or 1 with a message
  /// on stderr if the arguments are wrong. Passes on what the command throws.
  int Run(int argc, const char* const* argv);

 private:
  std::function<std::string()> version_;
  std::unique_ptr<Command> root_;
};

}  // namespace vffn
