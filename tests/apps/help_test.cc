// Every command and every option has a help text that says what it does, and what its default is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "apps/command_line/help_text.h"
#include "tests/apps/run_program.h"

namespace vffn {
namespace {

using testing::AnyOf;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;

/// A help text as it is printed.
struct Help {
  std::string description;
  std::vector<HelpSection> sections;
};

Help ParseHelp(const std::string& text) {
  constexpr size_t kTextColumn = 26;
  Help help;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), kHelpWidth) << line;
    const size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos) {
      continue;
    }
    if (indent == 0 && line.ends_with(':')) {
      help.sections.push_back({line.substr(0, line.size() - 1), {}});
    } else if (help.sections.empty()) {
      help.description += (help.description.empty() ? "" : "\n") + line;
    } else if (indent == 2) {
      const size_t gap = line.find("  ", indent);
      help.sections.back().entries.push_back(
          {line.substr(indent, gap - indent), gap == std::string::npos ? "" : line.substr(kTextColumn)});
    } else {
      EXPECT_EQ(indent, kTextColumn) << line;
      std::string& entry = help.sections.back().entries.back().text;
      entry += (entry.empty() ? "" : " ") + line.substr(indent);
    }
  }
  return help;
}

/// The help of a command; a program is started once for each.
const Help& HelpOf(const std::string& command) {
  static std::map<std::string, Help> helps;
  auto found = helps.find(command);
  if (found == helps.end()) {
    const ProgramRun run = RunProgram(command + " --help");
    EXPECT_EQ(run.exit_code, 0) << command;
    found = helps.emplace(command, ParseHelp(run.output)).first;
  }
  return found->second;
}

/// Calls visit(command, help) for the program ("") and all commands below it ("analyze loops").
void ForEveryHelp(const std::string& command,
                  const std::function<void(const std::string&, const Help&)>& visit) {
  const Help& help = HelpOf(command);
  visit(command, help);
  for (const HelpSection& section : help.sections) {
    for (const HelpEntry& entry : section.entries) {
      if (section.title.starts_with("Commands")) {
        ForEveryHelp(command.empty() ? entry.name : command + " " + entry.name, visit);
      }
    }
  }
}

TEST(HelpTest, ExplainsEveryCommandAndOption) {
  int commands = 0, options = 0;
  ForEveryHelp("", [&](const std::string& command, const Help& help) {
    SCOPED_TRACE("vffn " + command);
    ++commands;
    EXPECT_THAT(help.description, ContainsRegex("\\.\nUsage: vffn")) << "a sentence, then the usage";
    EXPECT_THAT(help.description, HasSubstr("Usage: vffn" + (command.empty() ? "" : " " + command)));
    for (const HelpSection& section : help.sections) {
      if (section.title == "Examples") {
        continue;
      }
      EXPECT_FALSE(section.entries.empty()) << section.title;
      for (const HelpEntry& entry : section.entries) {
        SCOPED_TRACE(entry.name);
        ++options;
        EXPECT_THAT(entry.text, SizeIs(testing::Ge(8u)));
        EXPECT_THAT(entry.text, AnyOf(EndsWith("."), EndsWith("]")));
        const bool has_value = entry.name.starts_with("--") && entry.name.find(' ') != std::string::npos;
        if (has_value) {
          EXPECT_THAT(entry.text, AnyOf(HasSubstr("[required"), HasSubstr("default: ")));
        }
      }
    }
  });
  EXPECT_EQ(commands, 1 + 20 + 5 + 18);
  EXPECT_GT(options, 150);
}

/// The names at the beginning of the entries of a help: "--model", "analyze".
std::set<std::string> NamesIn(const Help& help) {
  std::set<std::string> names = {"--help"};
  for (const HelpSection& section : help.sections) {
    for (const HelpEntry& entry : section.entries) {
      names.insert(entry.name.substr(0, entry.name.find(' ')));
    }
  }
  return names;
}

/// A command line of an example has only words that the help texts of its commands have.
void ExpectWorks(const std::string& example) {
  SCOPED_TRACE(example);
  std::istringstream words(example);
  std::string word, command;
  ASSERT_TRUE(words >> word && word == "vffn");
  Help help = HelpOf("");
  while (words >> word) {
    if (word == "help") {
      continue;
    }
    const bool has_commands = std::ranges::any_of(
        help.sections, [](const HelpSection& section) { return section.title.starts_with("Commands"); });
    if (has_commands || word.starts_with("--")) {
      EXPECT_TRUE(NamesIn(help).contains(word)) << word;
    }
    if (has_commands) {
      command += (command.empty() ? "" : " ") + word;
      help = HelpOf(command);
    }
  }
}

TEST(HelpTest, ShowsTwoExamplesOfEveryCommand) {
  ForEveryHelp("", [&](const std::string& command, const Help& help) {
    SCOPED_TRACE("vffn " + command);
    ASSERT_FALSE(help.sections.empty());
    const HelpSection& examples = help.sections.back();
    EXPECT_EQ(examples.title, "Examples");
    EXPECT_GE(examples.entries.size(), 2U);
    for (const HelpEntry& example : examples.entries) {
      ExpectWorks(example.name);
    }
  });
}

TEST(HelpTest, IsPrintedForAShortOptionToo) {
  EXPECT_EQ(RunProgram("flops -h").output, RunProgram("flops --help").output);
}

}  // namespace
}  // namespace vffn
