// Commands, options and help of a command-line program. Only command_line.cc includes CLI11, whose headers
// are slow to compile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "apps/help_text.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace vffn {

/// The variable that an option sets. bool: a flag without a value. std::optional<bool>: true or false;
/// without a value it is true. A vector takes several values.
using OptionTarget =
    std::variant<bool*, std::string*, std::filesystem::path*, int*, int64_t*, uint64_t*, double*,
                 std::optional<bool>*, std::optional<int64_t>*, std::optional<double>*,
                 std::vector<std::string>*, std::vector<int64_t>*, std::vector<double>*>;

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
  Option& SeparatedByCommas();      ///< splits each argument into several values
  Option& Needs(Option& other);     ///< both are given, or this one is not
  Option& Excludes(Option& other);  ///< at most one of the two is given

  /// The environment variable that gives the value where the command line does not.
  Option& FromEnvironment(const std::string& variable);

  /// The default in words, where the variable's value does not show it: "all tasks".
  Option& Default(std::string text);

  const std::string& name() const { return name_; }  ///< "--model"
  bool given() const;                                ///< on the command line

 private:
  friend class Command;
  Option(CLI::Option& option, std::string_view declaration, const OptionTarget& target, std::string text);

  bool positional() const { return !name_.starts_with('-'); }
  std::string Usage() const;  ///< "--tasks NAME,..."
  HelpEntry Help() const;

  CLI::Option& option_;
  std::string name_, value_, text_, default_;
  bool required_ = false, repeated_ = false, commas_ = false;
  std::vector<std::string> rules_;  ///< "above 0"
};

/// A command with options, or with commands of its own.
class Command {
 public:
  ~Command();

  /// The heading under which the help text lists the options added from now on.
  void BeginGroup(std::string title);

  /// `declaration`: "--model PATH", "--resume" (a flag), or "ledger" (an argument without a name); further
  /// names of an option follow a comma: "--output,--output_path DIR". `text` is
  /// the help: what the option does, its unit and its values; defaults and rules are added to it. The target
  /// must outlive the command, and its value is the default.
  Option& Add(std::string_view declaration, const OptionTarget& target, std::string text);

  /// A command of this command. `description` is a sentence.
  Command& AddCommand(const std::string& name, const std::string& description);

  /// A list that explains values below the options.
  void AddList(HelpSection list);

  /// A command line that the help text shows.
  void AddExample(std::string example);

  /// What the command does. What it throws passes through CommandLine::Run.
  void OnRun(std::function<void()> run);

  std::string Help() const;

 private:
  friend class CommandLine;
  Command(CLI::App& app, std::string path, std::string description);

  struct Group {
    std::string title;
    std::vector<std::unique_ptr<Option>> options;
  };

  std::string Usage() const;
  std::vector<HelpSection> Sections() const;

  CLI::App& app_;
  std::string path_, name_, description_;
  std::vector<Group> groups_;
  std::vector<std::unique_ptr<Command>> commands_;
  std::vector<HelpSection> lists_;
  std::vector<std::string> examples_;
};

/// The whole command line of a program, with --help for every command and --version.
class CommandLine {
 public:
  CommandLine(const std::string& program, const std::string& description, const std::string& version);
  ~CommandLine();

  Command& root() { return *root_; }

  /// Parses the arguments and runs the command that they name. Returns the exit code: 0, or 1 with a message
  /// on stderr if the arguments are wrong. Passes on what the command throws.
  int Run(int argc, const char* const* argv);

 private:
  std::unique_ptr<CLI::App> app_;
  std::unique_ptr<Command> root_;
};

}  // namespace vffn
