// Which numbers of right answers a printed percentage allows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// A decimal as it was printed: "67.16" is 6716 with 2 decimals. A fraction of one decimal, "0.7", is in
/// percent 7 with -1 decimals: 70, known to the tens.
struct PrintedDecimal {
  int64_t digits = 0;
  int decimals = 0;

  double value() const;
  /// A percentage as a fraction: the number nearest to the digits, 0.4798 of "47.98".
  double fraction() const;
  /// Half of the last digit.
  double half() const;

  bool operator==(const PrintedDecimal&) const = default;
};

/// Nothing unless the text is digits, or digits, a point and digits: at most 15 in all.
std::optional<PrintedDecimal> ParsePrinted(std::string_view text);

/// A fraction as a percentage: 0.7051 is 70.51.
PrintedDecimal PercentOfFraction(const PrintedDecimal& fraction);

/// With at most so many decimals, halves up.
PrintedDecimal RoundedTo(PrintedDecimal printed, int decimals);

/// "67.16".
std::string ToString(const PrintedDecimal& printed);

/// The numbers of right answers k, out of `questions`, whose percentage rounds to what was printed, a half
/// either way. `low` > `high`: none does, the percentage is impossible, and they are the neighbours: the
/// printed number lies between high / n and low / n.
struct RightAnswers {
  int64_t low = 0, high = 0;

  bool possible() const { return low <= high; }
};

/// Throws Error unless 0 < questions < 10^7 and the percentage has -2 to 6 decimals.
RightAnswers RightAnswersOf(const PrintedDecimal& percent, int64_t questions);

/// 100 k / n with so many decimals, halves up.
PrintedDecimal PercentOf(int64_t right, int64_t questions, int decimals);

/// The share of the percentages with so many decimals, 0 to 100, that are possible for `questions`: the
/// chance that a random number passes.
double ChanceOfPossible(int64_t questions, int decimals);

/// How a printed average relates to the mean of the printed cells of its row.
enum class AverageCheck {
  kRounded,      ///< it is their mean, rounded (a half either way)
  kOfUnrounded,  ///< not that, but the mean of what may have been before rounding
  kImpossible,
};
AverageCheck CheckAverage(std::span<const PrintedDecimal> cells, const PrintedDecimal& average);

}  // namespace vffn
