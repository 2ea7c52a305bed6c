#include "apps/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <functional>
#include <iostream>
#include <iterator>
#include <type_traits>
#include <utility>

#include "base/near_names.h"

namespace vffn {
namespace {

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

/// The words before and after the first space; the second is empty without one.
std::pair<std::string, std::string> SplitDeclaration(std::string_view declaration) {
  const size_t space = declaration.find(' ');
  return {std::string(declaration.substr(0, space)),
          space == std::string_view::npos ? "" : std::string(declaration.substr(space + 1))};
}

CLI::Option& AddTo(CLI::App& app, const std::string& name, const OptionTarget& target) {
  return *std::visit(
      [&]<class T>(T* variable) {
        if constexpr (std::is_same_v<T, bool>) {
          return app.add_flag(name, *variable, "");
        } else if constexpr (std::is_same_v<T, std::optional<bool>>) {
          return app.add_option(name, *variable, "")->expected(0, 1)->default_str("true");
        } else {
          return app.add_option(name, *variable, "");
        }
      },
      target);
}

/// The shortest digits that give the same number back, without an exponent.
template <class Number>
std::string NumberText(Number number) {
  char digits[400];
  std::to_chars_result end{};
  if constexpr (std::is_floating_point_v<Number>) {
    end = std::to_chars(digits, std::end(digits), number, std::chars_format::fixed);
  } else {
    end = std::to_chars(digits, std::end(digits), number);
  }
  return {digits, end.ptr};
}

/// The variable's value, or "" for flags and where there is none yet.
std::string DefaultOf(const OptionTarget& target) {
  return std::visit(
      []<class T>(const T* variable) -> std::string {
        if constexpr (std::is_same_v<T, bool> || kIsVector<T>) {
          return "";
        } else if constexpr (std::is_same_v<T, std::string>) {
          return *variable;
        } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
          return variable->string();
        } else if constexpr (std::is_arithmetic_v<T>) {
          return NumberText(*variable);
        } else {
          return "";
        }
      },
      target);
}

bool TakesSeveral(const OptionTarget& target) {
  return std::visit([]<class T>(const T*) { return kIsVector<T>; }, target);
}

std::string Joined(const std::vector<std::string>& words, const std::string& separator) {
  std::string joined;
  for (const std::string& word : words) {
    joined.append(joined.empty() ? "" : separator).append(word);
  }
  return joined;
}

/// A check of CLI11 that returns an error message, or nothing if the argument is a number with the property.
std::function<std::string(const std::string&)> NumberRule(std::function<bool(double)> holds,
                                                          std::string property) {
  return [holds = std::move(holds), property = std::move(property)](const std::string& text) {
    double number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool right = !text.empty() && error == std::errc() && stop == end && holds(number);
    return right ? std::string() : "\"" + text + "\" should be a number " + property;
  };
}

/// The option of `app` whose name is most like `name`; empty if none is like it.
std::string LikeliestOption(const CLI::App& app, const std::string& name) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_name().starts_with("--")) {
      names.push_back(option->get_name());
    }
  }
  const std::vector<std::string> nearest = NearestNames(name, names);
  return nearest.empty() ? "" : nearest.front();
}

/// The message about arguments that no option takes.
std::string ExtrasMessage(const CLI::App& root) {
  const CLI::App* app = &root;
  std::string path = root.get_name();
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    path += (path.empty() ? "" : " ") + app->get_name();
  }
  const std::vector<std::string> extras = root.remaining(true);
  const auto option =
      std::ranges::find_if(extras, [](const std::string& extra) { return extra.starts_with('-'); });
  std::string message = path + ": ";
  if (option == extras.end()) {
    message += "no option takes the argument " + Joined(extras, " ") +
               "; several values of one option are separated by commas";
  } else {
    const std::string name = option->substr(0, option->find('='));
    const std::string likeliest = LikeliestOption(*app, name);
    message += "there is no option " + name + (likeliest.empty() ? "" : "; did you mean " + likeliest + "?");
  }
  return message + "\n'" + path + " --help' lists the options.\n";
}

}  // namespace

Option::Option(CLI::Option& option, std::string_view declaration, const OptionTarget& target,
               std::string text)
    : option_(option), text_(std::move(text)), default_(DefaultOf(target)), repeated_(TakesSeveral(target)) {
  std::tie(name_, value_) = SplitDeclaration(declaration);
  if (const size_t comma = name_.find(','); comma != std::string::npos) {
    text_ += " Also " + name_.substr(comma + 1) + ".";
    name_.resize(comma);
  }
}

Option& Option::Required() {
  option_.required();
  required_ = true;
  return *this;
}

Option& Option::OneOf(const std::vector<std::string>& values) {
  option_.check(CLI::IsMember(values));
  rules_.push_back("one of: " + Joined(values, ", "));
  return *this;
}

Option& Option::Between(int low, int high) {
  option_.check(NumberRule([=](double number) { return number >= low && number <= high; },
                           "from " + NumberText(low) + " to " + NumberText(high)));
  rules_.push_back(NumberText(low) + " to " + NumberText(high));
  return *this;
}

Option& Option::Between(double low, double high) {
  option_.check(NumberRule([=](double number) { return number >= low && number <= high; },
                           "from " + NumberText(low) + " to " + NumberText(high)));
  rules_.push_back(NumberText(low) + " to " + NumberText(high));
  return *this;
}

Option& Option::Positive() {
  option_.check(NumberRule([](double number) { return number > 0; }, "above 0"));
  rules_.push_back("above 0");
  return *this;
}

Option& Option::NotNegative() {
  option_.check(NumberRule([](double number) { return number >= 0; }, "0 or more"));
  rules_.push_back("0 or more");
  return *this;
}

Option& Option::SeparatedByCommas() {
  option_.delimiter(',');
  commas_ = true;
  return *this;
}

Option& Option::Needs(Option& other) {
  option_.needs(&other.option_);
  rules_.push_back("needs " + other.name_);
  return *this;
}

Option& Option::Excludes(Option& other) {
  option_.excludes(&other.option_);
  rules_.push_back("not with " + other.name_);
  return *this;
}

Option& Option::FromEnvironment(const std::string& variable) {
  option_.envname(variable);
  rules_.push_back("environment: " + variable);
  return *this;
}

Option& Option::Default(std::string text) {
  default_ = std::move(text);
  return *this;
}

bool Option::given() const { return option_.count() > 0; }

std::string Option::Usage() const {
  std::string usage = name_;
  if (positional()) {
    std::ranges::transform(usage, usage.begin(), [](unsigned char c) { return std::toupper(c); });
  }
  if (!value_.empty()) {
    usage.append(" ").append(value_);
  }
  return usage + (commas_ ? ",..." : repeated_ ? " ..." : "");
}

HelpEntry Option::Help() const {
  std::vector<std::string> facts = rules_;
  if (required_) {
    facts.insert(facts.begin(), "required");
  } else if (!default_.empty()) {
    facts.push_back("default: " + default_);
  }
  return {Usage(), facts.empty() ? text_ : text_ + " [" + Joined(facts, "; ") + "]"};
}

Command::Command(CLI::App& app, std::string path, std::string description)
    : app_(app), path_(std::move(path)), description_(std::move(description)) {
  name_ = path_.substr(path_.rfind(' ') + 1);
  app_.formatter_fn([this](const CLI::App*, const std::string&, CLI::AppFormatMode) { return Help(); });
}

Command::~Command() = default;

void Command::BeginGroup(std::string title) { groups_.push_back({std::move(title), {}}); }

Option& Command::Add(std::string_view declaration, const OptionTarget& target, std::string text) {
  if (groups_.empty()) {
    BeginGroup("Options");
  }
  CLI::Option& option = AddTo(app_, SplitDeclaration(declaration).first, target);
  auto& options = groups_.back().options;
  options.emplace_back(new Option(option, declaration, target, std::move(text)));
  return *options.back();
}

Command& Command::AddCommand(const std::string& name, const std::string& description) {
  app_.require_subcommand(1);
  CLI::App& app = *app_.add_subcommand(name, description);
  commands_.emplace_back(new Command(app, path_ + " " + name, description));
  return *commands_.back();
}

void Command::AddList(HelpSection list) { lists_.push_back(std::move(list)); }

void Command::AddExample(std::string example) { examples_.push_back(std::move(example)); }

void Command::OnRun(std::function<void()> run) { app_.callback(std::move(run)); }

std::string Command::Usage() const {
  std::string usage = path_ + (commands_.empty() ? "" : " COMMAND");
  for (const bool positional : {true, false}) {
    for (const Group& group : groups_) {
      for (const auto& option : group.options) {
        if (option->required_ && option->positional() == positional) {
          usage.append(" ").append(option->Usage());
        }
      }
    }
  }
  return usage + " [options]";
}

std::vector<HelpSection> Command::Sections() const {
  std::vector<HelpSection> sections;
  if (!commands_.empty()) {
    HelpSection& commands = sections.emplace_back(HelpSection{"Commands", {}});
    for (const auto& command : commands_) {
      commands.entries.push_back({command->name_, command->description_});
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
  if (app_.get_version_ptr() != nullptr) {
    general.entries.push_back({"--version", "Print the version of the program."});
  }
  return sections;
}

std::string Command::Help() const { return HelpText({description_, Usage(), Sections(), examples_}); }

CommandLine::CommandLine(const std::string& program, const std::string& description,
                         const std::string& version)
    : app_(std::make_unique<CLI::App>(description, program)) {
  app_->set_version_flag("--version", version);
  root_.reset(new Command(*app_, program, description));
}

CommandLine::~CommandLine() = default;

int CommandLine::Run(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
    return 0;
  } catch (const CLI::ExtrasError&) {
    std::cerr << ExtrasMessage(*app_);
    return 1;
  } catch (const CLI::ParseError& error) {
    return app_->exit(error) == 0 ? 0 : 1;
  }
}

}  // namespace vffn
