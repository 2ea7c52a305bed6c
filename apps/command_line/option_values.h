// From the words of a command line to the variables that options set.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace vffn {

/// The variable that an option sets. bool: a flag without a value. std::optional<bool>: true or false;
/// without a value it is true. A vector takes several values.
using OptionTarget =
    std::variant<bool*, std::string*, std::filesystem::path*, int*, int64_t*, uint64_t*, double*,
                 std::optional<bool>*, std::optional<int64_t>*, std::optional<double>*,
                 std::vector<std::string>*, std::vector<int64_t>*, std::vector<double>*>;

/// A command line that cannot be run as it stands. The message is a sentence without the command's name.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The elements of "a, b,c,". Blanks around an element and a comma at the end do not count. Throws
/// UsageError, beginning with `option`, if an element is empty: "a,,b", ",a", "".
std::vector<std::string> SplitList(const std::string& text, const std::string& option);

/// Sets the variable: a vector to all values, a text to the values joined by commas, others to the only
/// value. Throws UsageError, beginning with `option`, if a value is of another type. Flags are not set here.
void SetTarget(const OptionTarget& target, std::span<const std::string> values, const std::string& option);

/// The variable's value for the help text; "" for flags, lists and where there is none yet.
std::string DefaultOf(const OptionTarget& target);

bool IsFlag(const OptionTarget& target);
bool TakesSeveral(const OptionTarget& target);

/// The shortest digits that give the same number back, without an exponent.
std::string NumberText(int64_t number);
std::string NumberText(double number);

}  // namespace vffn
