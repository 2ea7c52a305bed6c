// What is wrong with a text that is not YAML, for error messages.
#pragma once

#include <string>

namespace vffn {

/// "line 3: not valid YAML: a colon stands where no value may begin; a text with a colon in it needs quotes".
/// `library_problem` is what yaml-cpp says ("illegal map value"); what people cause is put in plain words.
/// `line` counts from 0; -1: not known. Columns of yaml-cpp are often those of another place.
std::string YamlProblem(const std::string& library_problem, int line);

}  // namespace vffn
