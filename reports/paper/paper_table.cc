#include "reports/paper/paper_table.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>

#include "reports/tables/latex_text.h"
#include "text/utf8.h"

namespace vffn {
namespace {

constexpr double kColumnPoints = 234;  // of a page with two columns: ICML, ACL and CVPR have 237 or less
constexpr double kNamePoints = 120;    // longer names are broken into lines

struct TypeSize {
  const char* command;
  double scale;
  int gap;  ///< \tabcolsep, points
};

// Computer Modern is wider, for its size, in small sizes.
constexpr TypeSize kTypeSizes[] = {{"", 1, 6},
                                   {"\\small", 0.925, 5},
                                   {"\\small", 0.925, 4},
                                   {"\\footnotesize", 0.85, 4},
                                   {"\\footnotesize", 0.85, 3},
                                   {"\\scriptsize", 0.8, 3},
                                   {"\\scriptsize", 0.8, 2}};

/// About the width of a character in Computer Modern at 10 points.
double PointsOf(unsigned char c) {
  constexpr std::string_view kNarrow = "iljtf.,:;'!|()[] -I";
  constexpr std::string_view kWide = "mMW%@&";
  return kNarrow.find(static_cast<char>(c)) != std::string_view::npos ? 3.3
         : kWide.find(static_cast<char>(c)) != std::string_view::npos ? 9
         : c == 'w' || std::isupper(c) != 0                           ? 7.4
         : c >= 0x80                                                  ? 4  // of two bytes or more
                                                                      : 5.1;
}

double PointsOf(const std::string& text) {
  double points = 0;
  for (const unsigned char c : text) {
    points += PointsOf(c);
  }
  return points;
}

/// Characters that LaTeX does not have are written as code points.
double NamePointsOf(const std::string& name) {
  constexpr double kCodePoint = 32;
  double points = 0;
  for (size_t at = 0; at < name.size();) {
    const size_t bytes = Utf8Length(static_cast<unsigned char>(name[at]));
    const std::string character = name.substr(at, bytes);
    points += HasCharactersWithoutLatex(character) ? kCodePoint : PointsOf(character);
    at += bytes;
  }
  return points;
}

/// A number in bold, and its subscript. Marks stand between the columns.
double PointsOf(const PaperCell& cell) {
  constexpr double kBold = 1.15, kSubscript = 0.7;
  const size_t sign = cell.subscript.starts_with("\\pm") ? 3 : 0;  // as wide as one letter
  return cell.number.empty()
             ? 10
             : kBold * PointsOf(cell.number) +
                   (cell.subscript.empty() ? 0 : kSubscript * (7.6 + PointsOf(cell.subscript.substr(sign))));
}

struct Widths {
  double name = 0;
  std::vector<double> columns;

  /// Of the columns with numbers, and the gaps before them.
  double Numbers(const TypeSize& size) const {
    double text = 0;
    for (const double column : columns) {
      text += column;
    }
    return size.scale * text + 2.0 * size.gap * static_cast<double>(columns.size());
  }
};

template <class Function>
void ForEachLine(const PaperTable& table, const Function& function) {
  for (const PaperGroup& group : table.groups) {
    for (const PaperBlock& block : group) {
      std::ranges::for_each(block.lines, function);
    }
  }
}

Widths WidthsOf(const PaperTable& table) {
  Widths widths{.name = PointsOf(table.name_title)};
  for (const PaperColumn& column : table.columns) {
    widths.columns.push_back(PointsOf(column.title));
  }
  ForEachLine(table, [&](const PaperLine& line) {
    widths.name = std::max(widths.name, NamePointsOf(line.name));
    for (size_t i = 0; i < line.cells.size(); ++i) {
      widths.columns[i] = std::max(widths.columns[i], PointsOf(line.cells[i]));
    }
  });
  return widths;
}

struct Environment {
  const char* name;
  TypeSize size;
  double name_width;      ///< points; less than the longest name: names are broken
  bool too_wide = false;  ///< even in the smallest type: the table is scaled
};

/// The first of so many sizes in which a table fits, and the longest name or kNamePoints of it.
std::optional<Environment> FindSize(const Widths& widths, const char* name, double points, size_t sizes) {
  for (size_t i = 0; i < sizes; ++i) {
    const TypeSize& size = kTypeSizes[i];
    const double name_width = size.scale * std::min(widths.name, kNamePoints);
    if (name_width + widths.Numbers(size) <= points) {
      return Environment{name, size, name_width};
    }
  }
  return std::nullopt;
}

Environment EnvironmentOf(const Widths& widths, double text_width) {
  constexpr size_t kLegible = 4;     // sizes for a narrow table; smaller type only where nothing else fits
  constexpr double kLeastName = 50;  // points
  if (const auto found = FindSize(widths, "table", kColumnPoints, kLegible)) {
    return *found;
  }
  if (const auto found = FindSize(widths, "table*", text_width, std::size(kTypeSizes))) {
    return *found;
  }
  const TypeSize& smallest = *(std::end(kTypeSizes) - 1);
  const double left = text_width - widths.Numbers(smallest);
  return {"table*", smallest, std::max(kLeastName, left), left < kLeastName};
}

/// LaTeX breaks a name at blanks and hyphens; here also after "_" and "/", and words that are wider than
/// `points` (at 10 points) after every character.
std::string NameText(const std::string& name, double points) {
  constexpr std::string_view kBreaks = " -_/";
  const std::string breakable = "\\allowbreak{}";
  std::string text;
  for (size_t begin = 0; begin < name.size();) {
    size_t end = std::min(name.find_first_of(kBreaks, begin), name.size() - 1) + 1;
    end = std::min(name[end - 1] == '-' ? name.find_first_not_of('-', end) : end, name.size());
    const std::string word = name.substr(begin, end - begin);
    const bool too_wide = NamePointsOf(word) > points;
    for (size_t at = 0; at < word.size() && too_wide;) {
      size_t bytes = Utf8Length(static_cast<unsigned char>(word[at]));
      while (at + bytes < word.size() && (word[at + bytes] == '\xCC' || word[at + bytes] == '\xCD')) {
        bytes += 2;  // an accent that is a character of its own
      }
      text += LatexText(word.substr(at, bytes)) + (at + bytes < word.size() ? breakable : "");
      at += bytes;
    }
    text += too_wide ? "" : LatexText(word);
    text += word.back() == '_' || word.back() == '/' ? breakable : "";
    begin = end;
  }
  return text;
}

std::string CellText(const PaperCell& cell, Rank rank) {
  if (cell.number.empty()) {
    return "---";
  }
  std::string text = cell.number.starts_with('-') ? "$-$" + cell.number.substr(1) : cell.number;
  if (rank == Rank::kBest || rank == Rank::kSecond) {
    text = (rank == Rank::kBest ? "\\textbf{" : "\\underline{") + text + "}";
  }
  text += cell.subscript.empty() ? "" : "$_{" + cell.subscript + "}$";
  return text + (cell.mark.empty() ? "" : "\\rlap{$^{" + cell.mark + "}$}");
}

/// The blocks of a group as lines of a tabular; a rule before each block but the first. Names are broken into
/// lines of `name_points` (at 10 points); 0: they are not.
std::string GroupText(const PaperGroup& group, const PaperTable& table, double name_points) {
  std::vector<std::vector<std::vector<Rank>>> ranks;  // by column
  for (size_t i = 0; i < table.columns.size(); ++i) {
    ranks.push_back(RanksOf(group, table.columns, i));
  }
  std::string text;
  for (size_t block = 0; block < group.size(); ++block) {
    text += block > 0 ? "\\midrule\n" : "";
    if (!group[block].heading.empty()) {
      text += "\\multicolumn{" + std::to_string(table.columns.size() + 1) + "}{@{}l}{\\emph{" +
              LatexText(group[block].heading) + "}} \\\\\n";
    }
    for (size_t line = 0; line < group[block].lines.size(); ++line) {
      const PaperLine& row = group[block].lines[line];
      text += name_points > 0 ? "\\raggedright " + NameText(row.name, name_points) : LatexText(row.name);
      for (size_t i = 0; i < row.cells.size(); ++i) {
        text += " & " + CellText(row.cells[i], ranks[i][block][line]);
      }
      text += " \\\\\n";
    }
  }
  return text;
}

std::string Comments(const PaperTable& table, bool scaled) {
  std::string text = "% The preamble needs: \\usepackage{booktabs}\n";
  text +=
      scaled ? "% and, because the table is too wide for the smallest type: \\usepackage{graphicx}\n" : "";
  std::set<std::string> named;
  ForEachLine(table, [&](const PaperLine& line) {
    if (HasCharactersWithoutLatex(line.name) && named.insert(line.name).second) {
      text += "% pdfLaTeX cannot set all characters of a name; they are written as code points: " +
              LatexText(line.name) + "\n";
    }
  });
  return text;
}

/// The key of the largest set of comparable numbers, the first of equal ones; empty if none can be compared.
std::string RankedSet(const PaperGroup& group, size_t column) {
  std::vector<std::pair<std::string, int>> sets;  // in the order of the lines
  for (const PaperBlock& block : group) {
    for (const PaperLine& line : block.lines) {
      const PaperCell& cell = line.cells[column];
      if (cell.number.empty() || cell.comparable.empty()) {
        continue;
      }
      const auto found = std::ranges::find(sets, cell.comparable, &std::pair<std::string, int>::first);
      if (found == sets.end()) {
        sets.emplace_back(cell.comparable, 1);
      } else {
        ++found->second;
      }
    }
  }
  const auto largest = std::ranges::max_element(sets, {}, &std::pair<std::string, int>::second);
  return largest == sets.end() ? "" : largest->first;
}

template <class Function>
void ForEachRank(const PaperTable& table, const Function& function) {
  for (const PaperGroup& group : table.groups) {
    for (size_t column = 0; column < table.columns.size(); ++column) {
      const std::vector<std::vector<Rank>> ranks = RanksOf(group, table.columns, column);
      for (size_t block = 0; block < group.size(); ++block) {
        for (size_t line = 0; line < group[block].lines.size(); ++line) {
          function(group[block].lines[line], ranks[block][line]);
        }
      }
    }
  }
}

}  // namespace

void DropEmptyColumns(const std::vector<bool>& may_go, PaperTable& table) {
  std::vector<bool> empty = may_go;
  const auto for_each = [&](const auto& function) {
    for (PaperGroup& group : table.groups) {
      for (PaperBlock& block : group) {
        std::ranges::for_each(block.lines, function);
      }
    }
  };
  for_each([&](const PaperLine& line) {
    for (size_t i = 0; i < empty.size(); ++i) {
      empty[i] = empty[i] && line.cells[i].number.empty();
    }
  });
  const auto drop = [&](auto& columns) {
    size_t i = 0;
    std::erase_if(columns, [&](const auto&) { return empty[i++]; });
  };
  drop(table.columns);
  for_each([&](PaperLine& line) { drop(line.cells); });
}

std::vector<std::vector<Rank>> RanksOf(const PaperGroup& group, const std::vector<PaperColumn>& columns,
                                       size_t column) {
  std::vector<std::vector<Rank>> ranks;
  for (const PaperBlock& block : group) {
    ranks.emplace_back(block.lines.size(), Rank::kUnranked);
  }
  const std::string ranked = RankedSet(group, column);
  if (columns[column].better == Better::kUnmarked || ranked.empty()) {
    return ranks;
  }
  const double sign = columns[column].better == Better::kHigher ? 1 : -1;
  std::set<double, std::greater<>> values;
  const auto for_each = [&](const auto& function) {
    for (size_t block = 0; block < group.size(); ++block) {
      for (size_t line = 0; line < group[block].lines.size(); ++line) {
        const PaperCell& cell = group[block].lines[line].cells[column];
        if (!cell.number.empty() && cell.comparable == ranked) {
          function(sign * std::strtod(cell.number.c_str(), nullptr), ranks[block][line]);
        }
      }
    }
  };
  for_each([&](double value, Rank&) { values.insert(value); });
  for_each([&](double value, Rank& rank) {
    rank = values.size() < 2                     ? Rank::kOther
           : value == *values.begin()            ? Rank::kBest
           : value == *std::next(values.begin()) ? Rank::kSecond
                                                 : Rank::kOther;
  });
  return ranks;
}

bool HasRanks(const PaperTable& table) {
  bool found = false;
  ForEachRank(table, [&](const PaperLine&, Rank rank) { found = found || rank == Rank::kBest; });
  return found;
}

std::vector<std::string> UnrankedNumbers(const PaperTable& table) {
  std::vector<std::string> names;
  for (const PaperGroup& group : table.groups) {
    std::vector<std::vector<std::vector<Rank>>> ranks;  // of the columns that have any
    std::vector<size_t> columns;
    for (size_t column = 0; column < table.columns.size(); ++column) {
      ranks.push_back(RanksOf(group, table.columns, column));
      const bool ranked = std::ranges::any_of(
          ranks.back(), [](const auto& block) { return std::ranges::count(block, Rank::kBest) > 0; });
      ranked ? columns.push_back(column) : ranks.pop_back();
    }
    for (size_t block = 0; block < group.size(); ++block) {
      for (size_t i = 0; i < group[block].lines.size(); ++i) {
        const PaperLine& line = group[block].lines[i];
        std::string missed;
        size_t numbers = 0, unranked = 0;
        for (size_t k = 0; k < columns.size(); ++k) {
          if (!line.cells[columns[k]].number.empty()) {
            ++numbers;
            if (ranks[k][block][i] == Rank::kUnranked) {
              ++unranked;
              missed += (missed.empty() ? "" : " and ") + table.columns[columns[k]].title;
            }
          }
        }
        if (unranked > 0 && unranked == numbers) {
          names.push_back(line.name + (line.kind.empty() ? "" : " (" + line.kind + ")"));
        } else if (unranked > 0) {
          names.push_back(missed + " of " + line.name);
        }
      }
    }
  }
  return names;
}

std::string ToLatex(const PaperTable& table, double text_width) {
  const Widths widths = WidthsOf(table);
  const auto [environment, size, name_width, too_wide] = EnvironmentOf(widths, text_width);
  const bool broken_names = name_width < size.scale * widths.name;
  std::string text = Comments(table, too_wide);
  text.append("\\begin{").append(environment).append("}[t]\n\\centering\n");
  text += "\\caption{" + table.caption + "}\n\\label{" + table.label + "}\n";
  text += *size.command == '\0' ? "" : size.command + std::string("\n");
  text += "\\setlength{\\abovetopsep}{4pt}\n\\setlength{\\tabcolsep}{" + std::to_string(size.gap) + "pt}\n" +
          (too_wide ? "\\resizebox{\\textwidth}{!}{%\n" : "") + "\\begin{tabular}{@{}";
  text += broken_names ? "p{" + std::to_string(static_cast<int>(name_width)) + "pt}" : "l";
  text += std::string(table.columns.size(), 'r') + "@{}}\n\\toprule\n" + LatexText(table.name_title);
  for (const PaperColumn& column : table.columns) {
    text += " & " + LatexText(column.title);
  }
  text += " \\\\\n";
  for (const PaperGroup& group : table.groups) {
    text += "\\midrule\n" + GroupText(group, table, broken_names ? name_width / size.scale : 0);
  }
  return text + "\\bottomrule\n\\end{tabular}" + (too_wide ? "}" : "") + "\n\\end{" + environment + "}\n";
}

}  // namespace vffn
