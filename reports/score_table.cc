#include "reports/score_table.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <vector>

namespace vffn {
namespace {

constexpr size_t kColumns = 7;
using Row = std::array<std::string, kColumns>;
constexpr std::array<bool, kColumns> kRightAligned = {false, false, true, false, true, true, true};

std::string Percent(double fraction) {
  char text[40];
  std::snprintf(text, sizeof text, "%.2f", 100 * fraction);
  return text;
}

std::string PercentError(const std::optional<double>& standard_error) {
  return standard_error.has_value() ? "± " + Percent(*standard_error) : "";
}

std::vector<Row> MakeRows(const Results& results) {
  std::vector<Row> rows = {{"task", "split", "n", "metric", "score", "± stderr", "chance"}};
  for (const TaskResults& task : results.tasks) {
    const Estimate& score = task.Score(task.primary);
    rows.push_back({task.task.name, task.task.split, std::to_string(task.docs),
                    std::string(FactsOf(task.primary).name), Percent(score.value),
                    PercentError(score.standard_error), Percent(task.chance)});
  }
  int64_t docs = 0;
  for (const TaskResults& task : results.tasks) {
    docs += task.docs;
  }
  rows.push_back({"average", "", std::to_string(docs), "", Percent(results.average.value),
                  PercentError(results.average.standard_error), Percent(results.average_chance)});
  return rows;
}

std::vector<std::string> MakeNotes(const Results& results) {
  std::vector<std::string> notes = {"profile " + std::string(results.profile->name) + ": " +
                                    std::string(results.profile->description)};
  std::set<Metric> explained;
  for (const TaskResults& task : results.tasks) {
    if (explained.insert(task.primary).second) {
      const std::string_view divisor = DivisorName(task.primary, results.profile->length_rule);
      notes.push_back(std::string(FactsOf(task.primary).name) + ": greatest log-likelihood" +
                      (divisor == "1" ? "" : " / " + std::string(divisor)));
    }
  }
  for (const TaskResults& task : results.tasks) {
    if (task.truncation.requests > 0) {
      notes.push_back(task.task.name +
                      ": contexts cut from the left: " + std::to_string(task.truncation.requests) +
                      ", in docs: " + std::to_string(task.truncation.docs) +
                      ", tokens cut: " + std::to_string(task.truncation.tokens));
    }
    if (task.missing > 0) {
      notes.push_back(task.task.name + ": INCOMPLETE, docs missing: " + std::to_string(task.missing) +
                      "; those scored so far are no fair sample");
    }
  }
  return notes;
}

/// Columns on the terminal: every character here is one wide.
size_t Width(const std::string& text) { return static_cast<size_t>(LengthOf(text).characters); }

std::array<size_t, kColumns> WidthsOf(const std::vector<Row>& rows) {
  std::array<size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (size_t i = 0; i < kColumns; ++i) {
      widths[i] = std::max(widths[i], Width(row[i]));
    }
  }
  return widths;
}

std::string Padded(const std::string& text, size_t width, bool right) {
  const std::string blanks(width - Width(text), ' ');
  return right ? blanks + text : text + blanks;
}

std::string Joined(const Row& row, const std::array<size_t, kColumns>& widths, const char* separator) {
  std::string line;
  for (size_t i = 0; i < kColumns; ++i) {
    line += (i == 0 ? "" : separator) + Padded(row[i], widths[i], kRightAligned[i]);
  }
  return line;
}

}  // namespace

std::string ConsoleScoreTable(const Results& results) {
  const std::vector<Row> rows = MakeRows(results);
  const std::array<size_t, kColumns> widths = WidthsOf(rows);
  size_t total = 2 * (kColumns - 1);
  for (const size_t width : widths) {
    total += width;
  }
  std::string rule;
  for (size_t i = 0; i < total; ++i) {
    rule += "─";
  }
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == 1 || i + 1 == rows.size()) {
      text += rule + "\n";
    }
    std::string line = Joined(rows[i], widths, "  ");
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  text += "\n";
  for (const std::string& note : MakeNotes(results)) {
    text += note + "\n";
  }
  return text;
}

std::string MarkdownScoreTable(const Results& results) {
  const std::vector<Row> rows = MakeRows(results);
  const std::array<size_t, kColumns> widths = WidthsOf(rows);
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    text.append("| ").append(Joined(rows[i], widths, " | ")).append(" |\n");
    if (i == 0) {
      for (size_t column = 0; column < kColumns; ++column) {
        text.append("|").append(widths[column] + 1, '-').append(kRightAligned[column] ? ":" : "-");
      }
      text += "|\n";
    }
  }
  text += "\n";
  for (const std::string& note : MakeNotes(results)) {
    text.append("- ").append(note).append("\n");
  }
  return text;
}

}  // namespace vffn
