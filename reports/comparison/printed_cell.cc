#include "reports/comparison/printed_cell.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace vffn {
namespace {

constexpr std::string_view kPlusMinus = "±";
constexpr std::string_view kDigits = "0123456789";

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

std::string_view Trim(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// The text in the braces or brackets that begin at `at`, which is moved past them; nothing if there are
/// none.
std::optional<std::string_view> Argument(std::string_view text, size_t& at, char open, char close) {
  const size_t begin = std::min(text.find_first_not_of(' ', at), text.size());
  if (begin == text.size() || text[begin] != open) {
    return std::nullopt;
  }
  int depth = 0;
  for (size_t i = begin; i < text.size(); ++i) {
    depth += text[i] == open ? 1 : text[i] == close ? -1 : 0;
    if (depth == 0) {
      at = i + 1;
      return text.substr(begin + 1, i - begin - 1);
    }
  }
  return std::nullopt;
}

/// How many arguments of a LaTeX command are no text: "\textcolor{red}{70.5}" has one.
size_t HiddenArguments(std::string_view command) {
  constexpr std::array<std::pair<std::string_view, size_t>, 13> kCommands = {{{"cellcolor", 1},
                                                                              {"rowcolor", 1},
                                                                              {"textcolor", 1},
                                                                              {"color", 1},
                                                                              {"multicolumn", 2},
                                                                              {"multirow", 2},
                                                                              {"cite", 1},
                                                                              {"citep", 1},
                                                                              {"citet", 1},
                                                                              {"footnote", 1},
                                                                              {"textsuperscript", 1},
                                                                              {"textsubscript", 1},
                                                                              {"rotatebox", 1}}};
  const auto known = std::ranges::find(kCommands, command, &std::pair<std::string_view, size_t>::first);
  return known == kCommands.end() ? 0 : known->second;
}

/// Without commands, braces and "$".
std::string WithoutLatex(std::string_view text) {
  std::string plain;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '\\' && at + 1 < text.size() && std::isalpha(static_cast<unsigned char>(text[at + 1])) != 0) {
      const size_t begin = ++at;
      while (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0) {
        ++at;
      }
      const std::string_view command = text.substr(begin, at - begin);
      plain += command == "pm" || command == "textpm" ? kPlusMinus : "";
      for (size_t hidden = HiddenArguments(command); hidden > 0; --hidden) {
        while (Argument(text, at, '[', ']')) {
        }
        Argument(text, at, '{', '}');
      }
    } else if (c == '\\' && at + 1 < text.size()) {
      const char escaped = text[at + 1];  // "\%", "\&", "\_"; "\," and the like are blanks
      plain += std::string_view("%&_#$").find(escaped) != std::string_view::npos ? escaped : ' ';
      at += 2;
    } else {
      plain += c == '~' ? " " : c == '{' || c == '}' || c == '$' ? "" : std::string(1, c);
      ++at;
    }
  }
  return plain;
}

/// Without HTML tags; the content of <sup> goes, too.
std::string WithoutTags(std::string text) {
  for (size_t at = 0; (at = text.find('<', at)) != std::string::npos;) {
    const size_t end = text.find('>', at);
    const bool tag = end != std::string::npos && at + 1 < text.size() &&
                     (std::isalpha(static_cast<unsigned char>(text[at + 1])) != 0 || text[at + 1] == '/');
    if (!tag) {
      ++at;
      continue;
    }
    const size_t close = text.substr(at).starts_with("<sup>") ? text.find("</sup>", end) : std::string::npos;
    text.erase(at, close == std::string::npos ? end + 1 - at : close + 6 - at);
  }
  return text;
}

/// "[70.5](link)" is "70.5"; pairs of Markdown's marks around the whole text go.
std::string WithoutMarkdown(std::string_view text) {
  text = Trim(text);
  if (const size_t middle = text.find("](");
      text.starts_with('[') && text.ends_with(')') && middle != std::string::npos) {
    text = text.substr(1, middle - 1);
  }
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view mark : {"**", "__", "~~", "*", "_", "`"}) {
      if (text.size() > 2 * mark.size() && text.starts_with(mark) && text.ends_with(mark)) {
        text = Trim(text.substr(mark.size(), text.size() - 2 * mark.size()));
        found = true;
      }
    }
  }
  return std::string(text);
}

/// The number before what may follow it; empty if something else follows.
std::string_view LeadingNumber(std::string_view text, bool& percent_sign) {
  size_t end = std::min(text.find_first_not_of("0123456789.,"), text.size());
  const std::string_view number = text.substr(0, end);
  text = Trim(text.substr(end));
  if (text.starts_with('%')) {
    percent_sign = true;
    text = Trim(text.substr(1));
  }
  for (bool found = true; found;) {  // marks of footnotes and of change
    found = false;
    for (const std::string_view mark : {"*", "†", "‡", "§", "↑", "↓", "^", "_"}) {
      if (text.starts_with(mark)) {
        text = Trim(text.substr(mark.size()));
        found = true;
      }
    }
  }
  if (text.starts_with(kPlusMinus)) {
    percent_sign = percent_sign || text.ends_with('%');
    text = "";
  }
  const bool in_parentheses =
      (text.starts_with('(') && text.ends_with(')')) || (text.starts_with('[') && text.ends_with(']'));
  return text.empty() || in_parentheses ? number : "";
}

/// "1,838.5" with a point for decimals and nothing between thousands; empty if the marks are elsewhere.
std::string WithPoint(std::string_view number, bool decimal_comma) {
  const size_t comma = number.rfind(','), point = number.rfind('.');
  const bool comma_only = comma != std::string_view::npos && point == std::string_view::npos;
  const bool comma_first =
      comma != std::string_view::npos && point != std::string_view::npos && comma < point;
  const bool thousands = !decimal_comma && comma_only && number.size() - comma == 4 && number[0] != '0';
  const char decimal = thousands || comma_first || comma == std::string_view::npos ? '.' : ',';
  const char group = decimal == ',' ? '.' : ',';
  const size_t mark = number.rfind(decimal);
  const std::string_view whole = number.substr(0, mark);
  std::string digits;
  for (size_t i = 0, run = 0; i < whole.size(); ++i) {
    if (whole[i] == decimal) {
      return "";
    }
    if (whole[i] != group) {
      digits += whole[i];
      ++run;
      continue;
    }
    const size_t next = std::min(whole.find(group, i + 1), whole.size());
    if (run == 0 || run > 3 || next - i != 4) {
      return "";
    }
    run = 0;
  }
  const std::string_view fraction = mark == std::string_view::npos ? "" : number.substr(mark + 1);
  if (fraction.find_first_not_of(kDigits) != std::string_view::npos ||
      (mark != std::string_view::npos && fraction.empty())) {
    return "";
  }
  return (digits.empty() ? "0" : digits) + (fraction.empty() ? "" : "." + std::string(fraction));
}

/// At most nine decimals: more than any table prints, and what a score prints beyond does not count.
PrintedDecimal Rounded(std::string text) {
  constexpr size_t kMost = 9;
  const size_t point = text.find('.');
  if (point != std::string::npos && text.size() - point - 1 > kMost) {
    const bool up = text[point + 1 + kMost] >= '5';
    text.resize(point + 1 + kMost);
    PrintedDecimal rounded = ParsePrinted(text).value_or(PrintedDecimal{});
    rounded.digits += up ? 1 : 0;
    return rounded;
  }
  return ParsePrinted(text).value_or(PrintedDecimal{});
}

}  // namespace

std::string PlainCell(std::string_view text) {
  std::string plain(text);
  for (const auto& [from, to] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{{"\xC2\xA0", " "},
                                                                            {"\xE2\x80\xAF", " "},
                                                                            {"\xE2\x80\x89", " "},
                                                                            {"&nbsp;", " "},
                                                                            {"&plusmn;", kPlusMinus},
                                                                            {"+/-", kPlusMinus},
                                                                            {"+-", kPlusMinus}}) {
    ReplaceAll(plain, from, to);
  }
  return WithoutMarkdown(WithoutTags(WithoutLatex(plain)));
}

std::optional<PrintedNumber> ParsePrintedCell(std::string_view text, bool decimal_comma) {
  std::string plain = PlainCell(text);
  for (const std::string_view mark : {"**", "__", "`"}) {  // of a part: "**70.5** %"
    ReplaceAll(plain, mark, "");
  }
  PrintedNumber printed;
  const std::string_view number = LeadingNumber(plain, printed.percent_sign);
  if (number.find_first_of(kDigits) == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string decimal = WithPoint(number, decimal_comma);
  constexpr size_t kMostWhole = 6;
  if (decimal.empty() || std::min(decimal.find('.'), decimal.size()) > kMostWhole) {
    return std::nullopt;
  }
  printed.value = Rounded(decimal);
  return printed;
}

}  // namespace vffn
