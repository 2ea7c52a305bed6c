// A table of a paper: a whole LaTeX table environment with the rules of the package booktabs.
#pragma once

#include <string>
#include <vector>

namespace vffn {

/// Which number of a column is the best one.
enum class Better { kHigher, kLower, kUnmarked };

struct PaperColumn {
  std::string title;  ///< plain text
  Better better = Better::kHigher;
};

struct PaperCell {
  std::string number = {};      ///< its digits: "52.33", "-0.12"; empty: an em dash
  std::string subscript = {};   ///< LaTeX mathematics, such as an error: "\pm 1.20"
  std::string mark = {};        ///< LaTeX mathematics, a footnote mark: "\neq"
  std::string comparable = {};  ///< numbers of a column are ranked among those with the same text; empty: not
};

struct PaperLine {
  std::string name;  ///< plain text
  std::vector<PaperCell> cells;
  std::string kind = {};  ///< what its numbers are, if they are not ranked: "profile lm-eval"
};

/// Lines between two rules.
struct PaperBlock {
  std::string heading;  ///< plain text; may be empty
  std::vector<PaperLine> lines;
};

/// Blocks whose numbers are ranked together.
using PaperGroup = std::vector<PaperBlock>;

struct PaperTable {
  std::string name_title;  ///< of the first column
  std::vector<PaperColumn> columns;
  std::vector<PaperGroup> groups;
  std::string caption;  ///< LaTeX
  std::string label;    ///< "tab:table-1"
};

/// Removes the columns that `may_go` and in which no line has a number.
void DropEmptyColumns(const std::vector<bool>& may_go, PaperTable& table);

enum class Rank {
  kUnranked,  ///< not comparable with those that are ranked
  kOther,
  kBest,
  kSecond,
};

/// The ranks of a group's numbers in a column, block by block and line by line. Numbers are equal if the same
/// digits are printed: they share a rank. Of several sets of comparable numbers the largest is ranked (the
/// first of equal ones). None, if all of its numbers are equal.
std::vector<std::vector<Rank>> RanksOf(const PaperGroup& group, const std::vector<PaperColumn>& columns,
                                       size_t column);

/// Whether some number is the best one of its column.
bool HasRanks(const PaperTable& table);

/// What is not ranked in columns where others are: "NAME (KIND)" of a line none of whose numbers is, "COLUMN
/// and COLUMN of NAME" of single numbers.
std::vector<std::string> UnrankedNumbers(const PaperTable& table);

/// \textwidth of the class article at 10 points; conferences have 397 (NeurIPS) to 505.
inline constexpr double kArticleWidth = 345;

/// The environment: "table" if the table fits into a column of a page with two (234 pt), else "table*"; in
/// the largest type that fits (table*: into `text_width`, points); scaled, if no type does. The best number
/// of a column is bold, the second best underlined. A comment names the packages.
std::string ToLatex(const PaperTable& table, double text_width = kArticleWidth);

}  // namespace vffn
