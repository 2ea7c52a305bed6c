// Numbers as tables and sentences print them. Absent numbers are "-".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vffn {

std::string FixedText(double value, int decimals = 2);
std::string FixedText(const std::optional<double>& value, int decimals = 2);

/// With its sign: "+0.48".
std::string SignedText(double value, int decimals = 2);

/// "0.012", "<0.001".
std::string ProbabilityText(double p);

/// "354,896,896".
std::string GroupedText(int64_t value);

/// By printf's format: "%.6g".
std::string FormatText(const char* format, double value);

std::string JoinedText(const std::vector<std::string>& texts, const char* separator);

}  // namespace vffn
