#include "base/yaml_problem.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace vffn {
namespace {

/// How a problem begins in the words of yaml-cpp, and in ours.
struct Wording {
  std::string_view library, plain;
};
constexpr std::array<Wording, 19> kWordings = {
    {{"end of map not found", "the lines of one mapping are not indented alike, or a key has no colon"},
     {"end of map flow not found", "} is missing, or a comma before this place"},
     {"end of sequence not found", "the lines of one list are not indented alike, or one has no dash"},
     {"end of sequence flow not found", "] is missing, or a comma before this place"},
     {"illegal map value", "a colon stands where no value may begin; a text with a colon in it needs quotes"},
     {"illegal map key", "a key stands where none may begin"},
     {"illegal block entry", "a dash stands where no element of a list may begin"},
     {"illegal flow end", "] or } stands here, but no list or mapping is open"},
     {"illegal tab when looking for indentation", "a tab stands in the indentation; YAML takes blanks only"},
     {"illegal EOF in scalar", "a text has no closing quote"},
     {"illegal document indicator in scalar",
      "a line of --- or ... stands in a text that has no closing quote"},
     {"unknown escape character",
      "a backslash stands in double quotes before a character that it cannot stand "
      "before; a backslash itself is written \\\\"},
     {"bad character found while scanning hex number", "\\x, \\u and \\U need hexadecimal digits"},
     {"unknown token", "this character needs quotes at the beginning of a text"},
     {"alias not found after *", "a text that begins with * needs quotes"},
     {"anchor not found after &", "a text that begins with & needs quotes"},
     {"illegal character found while scanning alias", "a text that begins with * needs quotes"},
     {"illegal character found while scanning anchor", "a text that begins with & needs quotes"},
     {"the referenced anchor is not defined",
      "* names an anchor that is not there; a text that begins with * "
      "needs quotes"}}};

}  // namespace

std::string YamlProblem(const std::string& library_problem, int line) {
  const auto known = std::ranges::find_if(
      kWordings, [&](const Wording& wording) { return library_problem.starts_with(wording.library); });
  const std::string place = line < 0 ? "" : "line " + std::to_string(line + 1) + ": ";
  return place +
         "not valid YAML: " + (known == kWordings.end() ? library_problem : std::string(known->plain));
}

}  // namespace vffn
