#include "base/wrapped_list.h"

namespace vffn {

std::string WrappedList(const std::string& begin, const std::vector<std::string>& parts, size_t width) {
  std::string text, line = begin;
  for (size_t i = 0; i < parts.size(); ++i) {
    line += i == 0 ? ":" : ",";
    const size_t comma = i + 1 < parts.size() ? 1 : 0;
    if (line.size() + 1 + parts[i].size() + comma > width) {
      text += line + "\n";
      line = " ";
    }
    line += " " + parts[i];
  }
  return text + line;
}

}  // namespace vffn
