#include "analysis/printed_scores.h"

#include <charconv>
#include <cmath>

#include "base/error.h"

namespace vffn {
namespace {

constexpr int kMostDigits = 15;
constexpr int kMostDecimals = 6;

/// 1 for an exponent below 0.
int64_t PowerOfTen(int exponent) { return exponent <= 0 ? 1 : 10 * PowerOfTen(exponent - 1); }

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

int64_t FloorOf(int64_t numerator, int64_t denominator) {
  return numerator >= 0 ? numerator / denominator : -((-numerator + denominator - 1) / denominator);
}

}  // namespace

double PrintedDecimal::value() const {
  return static_cast<double>(digits * PowerOfTen(-decimals)) / static_cast<double>(PowerOfTen(decimals));
}

double PrintedDecimal::fraction() const { return PrintedDecimal{digits, decimals + 2}.value(); }

double PrintedDecimal::half() const {
  return 0.5 * static_cast<double>(PowerOfTen(-decimals)) / static_cast<double>(PowerOfTen(decimals));
}

std::optional<PrintedDecimal> ParsePrinted(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (!AllDigits(whole) || (point != std::string_view::npos && !AllDigits(fraction)) ||
      whole.size() + fraction.size() > kMostDigits) {
    return std::nullopt;
  }
  PrintedDecimal printed{.decimals = static_cast<int>(fraction.size())};
  const std::string digits = std::string(whole) + std::string(fraction);
  std::from_chars(digits.data(), digits.data() + digits.size(), printed.digits);
  return printed;
}

PrintedDecimal PercentOfFraction(const PrintedDecimal& fraction) {
  return {.digits = fraction.digits, .decimals = fraction.decimals - 2};
}

PrintedDecimal RoundedTo(PrintedDecimal printed, int decimals) {
  if (printed.decimals > decimals) {
    const int64_t unit = PowerOfTen(printed.decimals - decimals);
    printed = {.digits = (printed.digits + unit / 2) / unit, .decimals = decimals};
  }
  return printed;
}

std::string ToString(const PrintedDecimal& printed) {
  if (printed.decimals < 0) {
    return std::to_string(printed.digits * PowerOfTen(-printed.decimals));
  }
  const int64_t unit = PowerOfTen(printed.decimals);
  std::string text = std::to_string(printed.digits / unit);
  if (printed.decimals > 0) {
    const std::string fraction = std::to_string(printed.digits % unit);
    text.append(1, '.').append(static_cast<size_t>(printed.decimals) - fraction.size(), '0').append(fraction);
  }
  return text;
}

RightAnswers RightAnswersOf(const PrintedDecimal& percent, int64_t questions) {
  VFFN_CHECK(questions > 0 && questions < 10000000, "a percentage of ", questions, " questions");
  VFFN_CHECK(percent.decimals >= -2 && percent.decimals <= kMostDecimals, "a percentage with ",
             percent.decimals, " decimals; at most ", kMostDecimals, " are possible");
  // |100 k / n - digits / unit| <= 1 / (2 unit): 2 * 100 unit k within n of 2 digits n. A unit below 1 is on
  // the right as its inverse.
  const int64_t step = 200 * PowerOfTen(percent.decimals);
  const int64_t slack = questions * PowerOfTen(-percent.decimals);
  const int64_t middle = 2 * percent.digits * slack;
  RightAnswers answers{.low = -FloorOf(-(middle - slack), step), .high = FloorOf(middle + slack, step)};
  answers.low = std::max<int64_t>(answers.low, 0);
  answers.high = std::min(answers.high, questions);
  return answers;
}

PrintedDecimal PercentOf(int64_t right, int64_t questions, int decimals) {
  VFFN_CHECK(questions > 0 && right >= 0 && right <= questions, right, " right answers of ", questions);
  const int64_t step = questions * PowerOfTen(-decimals);
  return {.digits = (200 * PowerOfTen(decimals) * right + step) / (2 * step), .decimals = decimals};
}

double ChanceOfPossible(int64_t questions, int decimals) {
  const int64_t most = 100 * PowerOfTen(decimals) / PowerOfTen(-decimals);
  int64_t possible = 0;
  for (int64_t digits = 0; digits <= most; ++digits) {
    possible += RightAnswersOf({digits, decimals}, questions).possible() ? 1 : 0;
  }
  return static_cast<double>(possible) / static_cast<double>(most + 1);
}

AverageCheck CheckAverage(std::span<const PrintedDecimal> cells, const PrintedDecimal& average) {
  VFFN_CHECK(!cells.empty(), "an average over no cells");
  double sum = 0;
  double slack = 0;
  for (const PrintedDecimal& cell : cells) {
    sum += cell.value();
    slack += cell.half();
  }
  const auto k = static_cast<double>(cells.size());
  const double distance = std::abs(sum / k - average.value());
  constexpr double kRounding = 1e-9;  // of the sums here
  if (distance <= average.half() + kRounding) {
    return AverageCheck::kRounded;
  }
  return distance <= average.half() + slack / k + kRounding ? AverageCheck::kOfUnrounded
                                                            : AverageCheck::kImpossible;
}

}  // namespace vffn
