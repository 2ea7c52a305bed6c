#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <tuple>

#include "apps/command_line/command_line.h"
#include "base/near_names.h"

namespace vffn {
namespace {

std::string Joined(const std::vector<std::string>& words, const std::string& separator) {
  std::string joined;
  for (const std::string& word : words) {
    joined.append(joined.empty() ? "" : separator).append(word);
  }
  return joined;
}

/// A check that a value is a number with the property.
std::function<std::string(const std::string&)> NumberCheck(std::function<bool(double)> holds,
                                                           std::string property) {
  return [holds = std::move(holds), property = std::move(property)](const std::string& text) -> std::string {
    const std::string problem = ": \"" + text + "\" should be a number " + property;
    double number = 0;
    try {
      SetTarget(&number, std::vector{text}, "");
    } catch (const UsageError&) {
      return problem;
    }
    return holds(number) ? "" : problem;
  };
}

/// As an option may be written: - and _ are the same behind the dashes at its beginning.
std::string WithUnderscores(std::string name) {
  std::replace(name.begin() + static_cast<ptrdiff_t>(std::min(name.find_first_not_of('-'), name.size())),
               name.end(), '-', '_');
  return name;
}

}  // namespace

Option::Option(std::string_view declaration, const OptionTarget& target, std::string text)
    : target_(target), text_(std::move(text)), default_(DefaultOf(target)) {
  const size_t space = std::min(declaration.find(' '), declaration.size());
  name_ = declaration.substr(0, space);
  value_ = declaration.substr(std::min(space + 1, declaration.size()));
  while (name_.find(',') != std::string::npos) {
    const size_t comma = name_.rfind(',');
    others_.insert(others_.begin(), name_.substr(comma + 1));
    name_.resize(comma);
  }
}

Option& Option::Required() {
  required_ = true;
  return *this;
}

Option& Option::OneOf(const std::vector<std::string>& values) {
  checks_.push_back([values](const std::string& text) -> std::string {
    return std::ranges::find(values, text) != values.end()
               ? ""
               : " cannot be \"" + text + "\"" + DidYouMeanOneOf(text, values);
  });
  rules_.push_back("one of: " + Joined(values, ", "));
  return *this;
}

Option& Option::Between(int low, int high) {
  checks_.push_back(NumberCheck([=](double number) { return number >= low && number <= high; },
                                "from " + NumberText(int64_t{low}) + " to " + NumberText(int64_t{high})));
  rules_.push_back(NumberText(int64_t{low}) + " to " + NumberText(int64_t{high}));
  return *this;
}

Option& Option::Between(double low, double high) {
  checks_.push_back(NumberCheck([=](double number) { return number >= low && number <= high; },
                                "from " + NumberText(low) + " to " + NumberText(high)));
  rules_.push_back(NumberText(low) + " to " + NumberText(high));
  return *this;
}

Option& Option::Positive() {
  checks_.push_back(NumberCheck([](double number) { return number > 0; }, "above 0"));
  rules_.emplace_back("above 0");
  return *this;
}

Option& Option::NotNegative() {
  checks_.push_back(NumberCheck([](double number) { return number >= 0; }, "0 or more"));
  rules_.emplace_back("0 or more");
  return *this;
}

Option& Option::MayBeAlone() {
  alone_ = true;
  return *this;
}

Option& Option::SeparatedByCommas() {
  commas_ = true;
  return *this;
}

Option& Option::Needs(Option& other) {
  needed_.push_back(&other);
  rules_.push_back("needs " + other.name_);
  return *this;
}

Option& Option::Excludes(Option& other) {
  excluded_.push_back(&other);
  rules_.push_back("not with " + other.name_);
  return *this;
}

Option& Option::FromEnvironment(const std::string& variable) {
  environment_ = variable;
  rules_.push_back("environment: " + variable);
  return *this;
}

Option& Option::Default(std::string text) {
  default_ = std::move(text);
  return *this;
}

const char* Option::Alone() const {
  return std::holds_alternative<std::optional<bool>*>(target_) ? "true" : alone_ ? "" : nullptr;
}

bool Option::IsCalled(const std::string& name) const {
  const std::string plain = WithUnderscores(name);
  return plain == WithUnderscores(name_) || std::ranges::any_of(others_, [&](const std::string& other) {
           return plain == WithUnderscores(other);
         });
}

/// Sets the variable to what the words say. `origin` begins the messages.
void Option::Set(const std::vector<std::string>& words, const std::string& origin) {
  if (bool* const* flag = std::get_if<bool*>(&target_)) {
    **flag = true;
    return;
  }
  std::vector<std::string> values;
  for (const std::string& word : words) {
    const std::vector<std::string> elements = commas_ ? SplitList(word, origin) : std::vector{word};
    values.insert(values.end(), elements.begin(), elements.end());
  }
  if (values.size() > 1 && !commas_ && !TakesSeveral(target_)) {
    throw UsageError(origin + " is given twice");
  }
  // Elsewhere an empty text means that the option is not given.
  if (values.size() == 1 && values.front().empty() && !alone_ && (required_ || !DefaultOf(target_).empty())) {
    throw UsageError(origin + " is empty; give a value: " + Usage());
  }
  for (const auto& check : checks_) {
    for (const std::string& value : values) {
      if (const std::string problem = check(value); !problem.empty()) {
        throw UsageError(origin + problem);
      }
    }
  }
  SetTarget(target_, values, origin);
}

void Option::ReadEnvironment() {
  const char* value = environment_.empty() ? nullptr : std::getenv(environment_.c_str());
  if (!given_ && value != nullptr && *value != '\0') {
    Set({value}, "the environment variable " + environment_);
  }
}

void Option::CheckOthers() const {
  for (const Option* other : needed_) {
    if (given_ && !other->given_) {
      throw UsageError(name_ + " needs " + other->name_);
    }
  }
  for (const Option* other : excluded_) {
    if (given_ && other->given_) {
      throw UsageError(name_ + " and " + other->name_ + " exclude each other: give one of them");
    }
  }
}

std::string Option::Usage() const {
  std::string usage = name_;
  if (positional()) {
    std::ranges::transform(usage, usage.begin(), [](unsigned char c) { return std::toupper(c); });
  }
  if (!value_.empty()) {
    usage.append(" ").append(value_);
  }
  if (commas_) {
    return usage + (value_.ends_with(",...") ? "" : ",...");
  }
  return usage + (TakesSeveral(target_) ? " ..." : "");
}

HelpEntry Option::Help() const {
  std::vector<std::string> facts = rules_;
  if (required_) {
    facts.insert(facts.begin(), "required");
  } else if (!default_.empty()) {
    facts.push_back("default: " + default_);
  }
  std::vector<std::string> others = others_;
  std::erase_if(others, [&](const std::string& other) {
    return WithUnderscores(other) == WithUnderscores(name_);  // every option may be written so
  });
  if (!others.empty()) {
    facts.push_back("also: " + Joined(others, ", "));
  }
  return {Usage(), facts.empty() ? text_ : text_ + " [" + Joined(facts, "; ") + "]"};
}

}  // namespace vffn
