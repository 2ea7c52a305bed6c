// What the words of a command line stand for. The only file that includes CLI11, whose headers are slow to
// compile: it tells which words are the values of which option.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>
#include <iostream>
#include <system_error>
#include <utility>

#include "apps/command_line/command_line.h"
#include "base/near_names.h"

namespace vffn {
namespace {

constexpr const char* kHelp = "--help";
constexpr const char* kVersion = "--version";

/// "--model", "--model=x", "-m"; not "-", "-3" and "--".
bool LooksLikeOption(const std::string& word) {
  return word.size() > 1 && word[0] == '-' &&
         (std::isalpha(static_cast<unsigned char>(word[1])) != 0 || (word[1] == '-' && word.size() > 2));
}

std::string NameOf(const std::string& word) { return word.substr(0, word.find('=')); }

/// Whether one of the words is that option; what follows "--" is no option.
bool HasWord(const std::vector<std::string>& words, std::initializer_list<const char*> names) {
  return std::any_of(words.begin(), std::ranges::find(words, "--"),
                     [&](const std::string& word) { return std::ranges::find(names, word) != names.end(); });
}

/// "a", "a and b", "a, b and c".
std::string Enumerated(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    text.append(i == 0 ? "" : i + 1 < words.size() ? ", " : " and ").append(words[i]);
  }
  return text;
}

/// Adds an option to the library's: only which words it takes, no types and no rules. `alone`: what it stands
/// for without a value; nullptr: it needs one.
void AddTo(CLI::App& app, const std::string& names, bool flag, const char* alone, bool several,
           std::vector<std::string>& words) {
  if (flag) {
    app.add_flag(names)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    return;
  }
  CLI::Option* option = app.add_option(names, [&words](const CLI::results_t& results) {
    words = results;
    return true;
  });
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (alone != nullptr) {
    option->expected(0, 1)->default_str(alone);
  } else if (several) {
    option->expected(-1);
  }
}

}  // namespace

Option* Command::Named(const std::string& name) const {
  const std::vector<Option*> options = Options();
  const auto found = std::ranges::find_if(
      options, [&](const Option* option) { return !option->positional() && option->IsCalled(name); });
  return found == options.end() ? nullptr : *found;
}

Command& Command::Child(const std::string& name) const {
  std::vector<std::string> names;
  for (Command* command : Commands()) {
    if (command->name_ == name) {
      return *command;
    }
    names.push_back(command->name_);
  }
  if (const std::string hint = HintFor(name); !hint.empty()) {
    throw UsageError("there is no command " + name + "; " + hint);
  }
  std::error_code ignored;
  if (std::filesystem::exists(name, ignored)) {
    throw UsageError(name + " is a file or folder; the name of a command comes before it");
  }
  names.insert(names.end(), {kHelp, kVersion});
  throw UsageError("there is no command " + name + DidYouMean(name, names));
}

std::string Command::HintFor(const std::string& name) const {
  const auto plain = [](std::string text) {
    std::ranges::replace(text, '-', '_');
    return text;
  };
  const auto found =
      std::ranges::find_if(hints_, [&](const auto& hint) { return plain(hint.first) == plain(name); });
  return found == hints_.end() ? "" : found->second;
}

std::vector<std::string> Command::CommandsWith(const std::string& option) const {
  std::vector<std::string> paths;
  for (const Command* command : Commands()) {
    const std::vector<std::string> below = command->CommandsWith(option);
    if (command->Named(option) != nullptr) {
      paths.push_back("'" + command->path_ + "'");
    } else if (below.size() > 1) {
      paths.push_back("commands of '" + command->path_ + "'");
    } else {
      paths.insert(paths.end(), below.begin(), below.end());
    }
  }
  return paths;
}

void Command::FailUnknownOption(const std::string& name) const {
  const std::string problem = "there is no option " + name;
  if (const std::string hint = HintFor(name); !hint.empty()) {
    throw UsageError(problem + "; " + hint);
  }
  std::vector<std::string> names = {kHelp};
  for (const Option* option : Options()) {
    if (!option->positional()) {
      names.push_back(option->name_);
      names.insert(names.end(), option->others_.begin(), option->others_.end());
    }
  }
  names.emplace_back(kVersion);
  const Command* root = this;
  while (root->parent_ != nullptr) {
    root = root->parent_;
  }
  const std::string likely = DidYouMean(name, names);
  const std::vector<std::string> others = root->CommandsWith(name);
  throw UsageError(problem +
                   (!likely.empty() || others.empty()
                        ? likely
                        : "; " + Enumerated(others) + (others.size() == 1 ? " has it" : " have it")));
}

/// The words with the names of options as they were declared, and with the elements of a list in one word:
/// "a," "b" is "a,b". Throws UsageError if an option is not known or lacks its value.
std::vector<std::string> Command::Corrected(const std::vector<std::string>& words) const {
  std::vector<std::string> corrected;
  const Option* list = nullptr;  // whose elements the next words are
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      corrected.insert(corrected.end(), words.begin() + static_cast<ptrdiff_t>(i), words.end());
      break;
    }
    if (!LooksLikeOption(word)) {
      const bool goes_on = list != nullptr && corrected.back() != list->name_ &&
                           (corrected.back().ends_with(',') || word.starts_with(','));
      if (goes_on) {
        corrected.back() += word;
      } else {
        corrected.push_back(word);
      }
      continue;
    }
    const std::string name = NameOf(word);
    const Option* option = Named(name);
    if (option == nullptr) {
      FailUnknownOption(name);
    }
    const bool has_value = name != word;
    if (IsFlag(option->target_) && has_value) {
      throw UsageError(name + " takes no value");
    }
    const bool may_be_alone = IsFlag(option->target_) || option->Alone() != nullptr;
    if (!may_be_alone && !has_value && (i + 1 == words.size() || LooksLikeOption(words[i + 1]))) {
      throw UsageError(name + " needs a value: " + option->Usage());
    }
    list = option->commas_ ? option : nullptr;
    corrected.push_back(option->name_ + word.substr(name.size()));
  }
  return corrected;
}

void Command::Parse(const std::vector<std::string>& words) {
  const std::vector<Option*> options = Options();
  const bool positionals = std::ranges::any_of(options, &Option::positional);
  std::vector<std::vector<std::string>> values(options.size());
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  for (size_t i = 0; i < options.size(); ++i) {
    const Option& option = *options[i];
    const bool several = option.commas_ ? !positionals : TakesSeveral(option.target_);
    AddTo(app, option.name_, IsFlag(option.target_), option.Alone(), several, values[i]);
  }
  std::vector<std::string> reversed = Corrected(words);
  std::ranges::reverse(reversed);
  app.parse(reversed);
  std::vector<std::string> extras = app.remaining();
  std::erase(extras, "--");
  if (!extras.empty()) {
    throw UsageError("no option takes the argument " + extras.front() +
                     "; several values of one option are separated by commas");
  }
  for (size_t i = 0; i < options.size(); ++i) {
    Option& option = *options[i];
    option.given_ = app.count(option.name_) > 0;
    if (option.given_) {
      option.Set(values[i], option.positional() ? option.Usage() : option.name_);
    }
  }
}

void Command::CheckOptions() const {
  std::vector<std::string> missing;
  for (Option* option : Options()) {
    option->ReadEnvironment();
    if (option->required_ && !option->given_) {
      missing.push_back(option->Usage());
    }
  }
  if (!missing.empty()) {
    throw UsageError(Enumerated(missing) + (missing.size() == 1 ? " is missing" : " are missing"));
  }
  for (const Option* option : Options()) {
    option->CheckOthers();
  }
}

CommandLine::CommandLine(const std::string& program, const std::string& description,
                         std::function<std::string()> version)
    : version_(std::move(version)), root_(new Command(nullptr, program, description)) {}

CommandLine::~CommandLine() = default;

int CommandLine::Run(int argc, const char* const* argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  bool help = HasWord(words, {kHelp, "-h"});
  if (!words.empty() && words.front() == "help") {
    help = true;
    words.erase(words.begin());
  }
  Command* command = root_.get();
  try {
    while (!command->commands_.empty() && !words.empty() && !LooksLikeOption(words.front())) {
      command = &command->Child(words.front());
      words.erase(words.begin());
    }
    if (help || HasWord(words, {kVersion})) {
      std::cout << (help ? command->Help() : version_());
      return 0;
    }
    if (!command->commands_.empty() && words.empty()) {
      std::cerr << command->Help();
      return 1;
    }
    command->Parse(words);
    command->CheckOptions();
  } catch (const UsageError& error) {
    std::cerr << command->path_ << ": " << error.what() << "\n'" << command->path_ << " --help' lists the "
              << (command->commands_.empty() ? "options" : "commands") << ".\n";
    return 1;
  }
  command->run_();
  return 0;
}

}  // namespace vffn
