#include "reports/drawing/renaming.h"

#include <algorithm>

#include "base/error.h"
#include "base/near_names.h"

namespace vffn {

Renaming::Renaming(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const size_t sign = text.find('=');
    VFFN_CHECK(sign != std::string::npos && sign > 0 && sign + 1 < text.size(), "--name ", text,
               ": give OLD=NEW, such as VersatileFFN-1.9M=Ours");
    const std::string old = text.substr(0, sign);
    VFFN_CHECK(std::ranges::find(names_, old, &std::pair<std::string, std::string>::first) == names_.end(),
               "--name ", text, ": ", old, " is renamed twice");
    names_.emplace_back(old, text.substr(sign + 1));
  }
}

std::string Renaming::Of(const std::string& name) {
  seen_.insert(name);
  for (const auto& [old, renamed] : names_) {
    if (old == name) {
      return renamed;
    }
  }
  return name;
}

void Renaming::CheckAllUsed() const {
  for (const auto& [old, renamed] : names_) {
    if (!seen_.contains(old)) {
      const std::vector<std::string> known(seen_.begin(), seen_.end());
      Fail("--name ", old, "=", renamed, ": the figure has no such name", DidYouMeanOneOf(old, known));
    }
  }
}

}  // namespace vffn
