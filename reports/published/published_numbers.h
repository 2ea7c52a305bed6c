// The numbers that the paper printed (arXiv 2512.14531): all of Tables 1-5, and those that its text gives for
// Figure 3. The data are reports/published/versatileffn.csv, compiled in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// One printed number. Accuracies are percent, losses nats a token.
///   table                row                                                column
///   1                    a method                                           loss, the tasks' names, average
///   2                    a method                                           average, parameters_millions,
///                                                                           ffn_mflops
///   3                    Base, width, depth, width+depth, width+depth+gating  loss, average
///   4A                   2-loops, 4-loops, 6-loops                          loss, average
///   4B                   N-k: experts, active ones                          loss, average
///   5                    a method                                           loss, average
///   figure-3a, figure-3b (section 4.1)   N-k, L-loops                       loss, average
/// The methods are Base, MoE, 2-Loop, 4-Loop, 6-Loop and VersatileFFN; the scales 354M and 720M. Table 3
/// prints no average for its first three rows.
struct PublishedNumber {
  std::string table, scale, row, column;
  std::string value;  ///< as printed: "1236.08"
};

/// In the paper's order.
const std::vector<PublishedNumber>& PublishedNumbers();

/// One number as printed; nothing if the paper has none there.
std::optional<std::string> FindPublished(std::string_view table, std::string_view scale, std::string_view row,
                                         std::string_view column);

/// Whether a column has the accuracies of a task: it is none of loss, average, parameters_millions and
/// ffn_mflops.
bool IsTaskColumn(std::string_view column);

/// The tasks of the published averages, from the columns of Table 1. Those of the paper if `numbers` have no
/// such column.
std::vector<std::string> PublishedTasks(std::span<const PublishedNumber> numbers = PublishedNumbers());

/// Reads such a file. Throws Error if the header is another, a value is no decimal number or a cell is there
/// twice.
std::vector<PublishedNumber> ParsePublishedNumbers(std::string_view csv, const std::string& origin);

}  // namespace vffn
