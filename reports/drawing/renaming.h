// New names for models and tasks in a picture.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace vffn {

class Renaming {
 public:
  Renaming() = default;

  /// From "OLD=NEW" each. Throws Error if one is not of this form, or OLD is there twice.
  explicit Renaming(const std::vector<std::string>& texts);

  /// The new name, or the name itself. Notes that the name exists.
  std::string Of(const std::string& name);

  /// Throws Error, with names that may have been meant, if there is no such name.
  void CheckAllUsed() const;

 private:
  std::vector<std::pair<std::string, std::string>> names_;
  std::set<std::string> seen_;
};

}  // namespace vffn
