// Findings of an audit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vffn {

enum class Severity {
  kContradiction,  ///< cannot be true as printed
  kWeak,           ///< may be true, but says less than it seems
  kNote,           ///< worth knowing
};

constexpr std::string_view NameOf(Severity severity) {
  return severity == Severity::kContradiction ? "contradiction"
         : severity == Severity::kWeak        ? "weak"
                                              : "note";
}

struct Finding {
  Severity severity = Severity::kNote;
  std::string kind;   ///< "impossible entry", for instance
  std::string where;  ///< table, row, column
  std::string text;
  std::string how;  ///< how it was computed
};

using Findings = std::vector<Finding>;

}  // namespace vffn
