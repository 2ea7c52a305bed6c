#include "tasks/spaced_tokens.h"

#include <array>
#include <utility>

#include "text/python_methods.h"

namespace vffn {

std::string JoinSpacedTokens(std::string_view sentence) {
  // One after the other: a later pair sees what an earlier one left.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kPairs = {{{" n't", "n't"},
                                                                                    {" )", ")"},
                                                                                    {"( ", "("},
                                                                                    {"\" ", "\""},
                                                                                    {" \"", "\""},
                                                                                    {" '", "'"},
                                                                                    {" .", "."},
                                                                                    {" ,", ","}}};
  std::string text(sentence);
  for (const auto& [spaced, joined] : kPairs) {
    text = PythonReplace(text, spaced, joined);
  }
  return text;
}

}  // namespace vffn
