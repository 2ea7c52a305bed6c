#include "reports/audit/baseline_audit.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "analysis/printed_scores.h"
#include "reports/audit/unchanged_rows.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

constexpr const char* kContinued = "1";
constexpr const char* kFromScratch = "5";
constexpr const char* kLoops = "figure-3b";
constexpr const char* kOneLoop = "1-loops";
constexpr const char* kMethod = "VersatileFFN";

/// The published numbers of one scale.
class ScaleNumbers {
 public:
  ScaleNumbers(std::span<const PublishedNumber> numbers, std::string scale)
      : numbers_(numbers), scale_(std::move(scale)) {}

  std::optional<std::string> Find(std::string_view table, std::string_view row,
                                  std::string_view column) const {
    const auto found = std::ranges::find_if(numbers_, [&](const PublishedNumber& number) {
      return number.table == table && number.scale == scale_ && number.row == row && number.column == column;
    });
    return found == numbers_.end() ? std::nullopt : std::optional(found->value);
  }

  /// Method less baseline, with the sign and the decimals of the printed numbers.
  std::optional<std::string> Gain(std::string_view table, std::string_view base_table, std::string_view base,
                                  std::string_view column) const {
    const auto method = Find(table, kMethod, column), other = Find(base_table, base, column);
    const auto a = method ? ParsePrinted(*method) : std::nullopt,
               b = other ? ParsePrinted(*other) : std::nullopt;
    return a && b ? std::optional(SignedText(a->value() - b->value(), a->decimals)) : std::nullopt;
  }

  /// "-0.162 in loss and +4.35 points": of what is printed; empty if nothing is.
  std::string Gains(std::string_view table, std::string_view base_table, std::string_view base) const {
    const auto loss = Gain(table, base_table, base, "loss"),
               average = Gain(table, base_table, base, "average");
    std::string text = loss ? *loss + " in loss" : "";
    return average ? text + (text.empty() ? "" : " and ") + *average + " points" : text;
  }

  /// Whether the loops of Figure 3b are the k-Loop rows of Table 1: then its models were continued, too.
  bool LoopsWereContinued() const {
    constexpr std::array<std::array<const char*, 2>, 3> kPairs = {
        {{"2-Loop", "2-loops"}, {"4-Loop", "4-loops"}, {"6-Loop", "6-loops"}}};
    return std::ranges::all_of(kPairs, [&](const auto& pair) {
      const auto loss = Find(kContinued, pair[0], "loss"), average = Find(kContinued, pair[0], "average");
      return loss && average && loss == Find(kLoops, pair[1], "loss") &&
             average == Find(kLoops, pair[1], "average");
    });
  }

 private:
  std::span<const PublishedNumber> numbers_;
  std::string scale_;
};

/// What the gains are over a dense model that was continued, and at equal tokens from scratch.
std::string FairGains(const ScaleNumbers& numbers, const std::string& base) {
  std::string text;
  const std::string fair = numbers.Gains(kContinued, kLoops, kOneLoop);
  if (numbers.LoopsWereContinued() && !fair.empty()) {
    const auto loss = numbers.Find(kLoops, kOneLoop, "loss"),
               average = numbers.Find(kLoops, kOneLoop, "average");
    text = ". The fair baseline is Figure 3b's model with one loop, a continued dense model (loss " +
           loss.value_or("not printed") + ", average " + average.value_or("not printed") +
           "): over it the gain is " + fair;
  }
  const std::string scratch = numbers.Gains(kFromScratch, kFromScratch, base);
  return scratch.empty()
             ? text
             : text + ". With equal tokens from scratch (" + TableTitle(kFromScratch) + ") it is " + scratch;
}

Finding Describe(const UnchangedRow& row, const ScaleNumbers& numbers) {
  std::vector<std::string> cells;
  for (const auto& [column, value] : row.cells) {
    cells.push_back(column + " " + value);
  }
  const std::string gains = numbers.Gains(kContinued, kContinued, row.row);
  return {Severity::kWeak, "baseline not continued",
          TableTitle(kContinued) + " and " + TableTitle(kFromScratch) + ", " + row.scale + "/" + row.row,
          row.row + " has the same numbers (" + JoinedText(cells, ", ") +
              ") after continued pre-training (Table 1) and from scratch (Table 5), while " +
              JoinedText(row.changed, " and ") +
              " differ: it did not get the additional epoch of the other "
              "rows of Table 1. Gains over it" +
              (gains.empty() ? "" : " (" + std::string(kMethod) + ": " + gains + ")") +
              " mix the method with twice the tokens" + FairGains(numbers, row.row),
          "cells that Tables 1 and 5 print for one row, as text; Figure 3b was continued if its 2, 4 and 6 "
          "loops are Table 1's rows; differences of printed numbers"};
}

}  // namespace

Findings AuditBaseline(std::span<const PublishedNumber> numbers) {
  Findings findings;
  for (const UnchangedRow& row : FindUnchangedRows(numbers)) {
    if (row.a_table == kContinued && row.b_table == kFromScratch) {
      findings.push_back(Describe(row, ScaleNumbers(numbers, row.scale)));
    }
  }
  return findings;
}

}  // namespace vffn
