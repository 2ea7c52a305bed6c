#include "apps/command_line/command_line.h"

#include <utility>

namespace vffn {

Command::Command(Command* parent, std::string path, std::string description)
    : parent_(parent), path_(std::move(path)), description_(std::move(description)) {
  name_ = path_.substr(path_.rfind(' ') + 1);
}

Command::~Command() = default;

void Command::BeginGroup(std::string title) { groups_.push_back({std::move(title), {}}); }

Option& Command::Add(std::string_view declaration, const OptionTarget& target, std::string text) {
  if (groups_.empty()) {
    BeginGroup("Options");
  }
  auto& options = groups_.back().options;
  options.emplace_back(new Option(declaration, target, std::move(text)));
  return *options.back();
}

void Command::BeginCommands(std::string title) { commands_.push_back({std::move(title), {}}); }

Command& Command::AddCommand(const std::string& name, const std::string& description) {
  if (commands_.empty()) {
    BeginCommands("Commands");
  }
  auto& commands = commands_.back().commands;
  commands.emplace_back(new Command(this, path_ + " " + name, description));
  return *commands.back();
}

void Command::AddList(HelpSection list) { lists_.push_back(std::move(list)); }

void Command::AddExample(std::string example) { examples_.push_back(std::move(example)); }

void Command::AddHint(std::string name, std::string advice) {
  hints_.emplace(std::move(name), std::move(advice));
}

void Command::OnRun(std::function<void()> run) { run_ = std::move(run); }

std::string Command::Usage() const {
  std::string usage = path_ + (commands_.empty() ? "" : " COMMAND");
  for (const bool positional : {true, false}) {
    for (const Option* option : Options()) {
      if (option->required_ && option->positional() == positional) {
        usage.append(" ").append(option->Usage());
      }
    }
  }
  return usage + " [options]";
}

std::vector<HelpSection> Command::Sections() const {
  std::vector<HelpSection> sections;
  for (const CommandGroup& group : commands_) {
    HelpSection& section = sections.emplace_back(HelpSection{group.title, {}});
    for (const auto& command : group.commands) {
      section.entries.push_back({command->name_, command->description_});
    }
  }
  for (const Group& group : groups_) {
    HelpSection& section = sections.emplace_back(HelpSection{group.title, {}});
    for (const auto& option : group.options) {
      section.entries.push_back(option->Help());
    }
  }
  sections.insert(sections.end(), lists_.begin(), lists_.end());
  HelpSection& general = sections.emplace_back(HelpSection{"General", {{"-h, --help", "Print this help."}}});
  if (parent_ == nullptr) {
    general.entries.push_back({"--version", "Print the version of the program, and what it was built with."});
  }
  return sections;
}

std::string Command::Help() const { return HelpText({description_, Usage(), Sections(), examples_}); }

std::vector<Command*> Command::Commands() const {
  std::vector<Command*> commands;
  for (const CommandGroup& group : commands_) {
    for (const auto& command : group.commands) {
      commands.push_back(command.get());
    }
  }
  return commands;
}

std::vector<Option*> Command::Options() const {
  std::vector<Option*> options;
  for (const Group& group : groups_) {
    for (const auto& option : group.options) {
      options.push_back(option.get());
    }
  }
  return options;
}

}  // namespace vffn
