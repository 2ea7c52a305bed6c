#include "reports/figures/text_fit.h"

#include "text/utf8.h"

namespace vffn {
namespace {

std::vector<std::string> CharactersOf(std::string_view text) {
  std::vector<std::string> characters;
  for (size_t i = 0; i < text.size(); i += characters.back().size()) {
    characters.emplace_back(text.substr(i, Utf8Length(static_cast<unsigned char>(text[i]))));
  }
  return characters;
}

bool BreaksAfter(std::string_view character) { return character.find_first_of(" -_/.") == 0; }

std::string WithoutBlanks(const std::string& line) {
  const size_t begin = line.find_first_not_of(' '), end = line.find_last_not_of(' ');
  return begin == std::string::npos ? "" : line.substr(begin, end - begin + 1);
}

}  // namespace

std::vector<std::string> WrapText(std::string_view text, double width, double font_size,
                                  TextMetrics& metrics) {
  std::vector<std::string> lines;
  std::string line;
  size_t break_at = 0;  // where the line can be broken; 0: nowhere
  const auto end_line = [&](size_t at) {
    if (const std::string ended = WithoutBlanks(line.substr(0, at)); !ended.empty()) {
      lines.push_back(ended);
    }
    line.erase(0, at);
    break_at = 0;
  };
  for (const std::string& character : CharactersOf(text)) {
    while (!line.empty() && metrics.Width(WithoutBlanks(line + character), font_size) > width) {
      end_line(break_at > 0 ? break_at : line.size());
    }
    line += character;
    break_at = BreaksAfter(character) ? line.size() : break_at;
  }
  end_line(line.size());
  return lines;
}

std::string ShortenText(std::string_view text, double width, double font_size, TextMetrics& metrics) {
  const std::vector<std::string> characters = CharactersOf(text);
  std::string shortened(text);
  for (size_t kept = characters.size(); kept-- > 2 && metrics.Width(shortened, font_size) > width;) {
    shortened.clear();
    for (size_t i = 0; i < (kept + 1) / 2; ++i) {
      shortened += characters[i];
    }
    shortened += "…";
    for (size_t i = characters.size() - kept / 2; i < characters.size(); ++i) {
      shortened += characters[i];
    }
  }
  return shortened;
}

}  // namespace vffn
