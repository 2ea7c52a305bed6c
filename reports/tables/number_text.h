// Numbers as tables and sentences print them. Absent numbers are "-".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vffn {

std::string FixedText(double value, int decimals = 2);
std::string FixedText(const std::optional<double>& value, int decimals = 2);

/// A number that rounded to zero has no sign: "0.00" of "-0.00" and of "+0.00".
std::string WithoutSignOfZero(std::string text);

/// With its sign: "+0.48", but "0.00".
std::string SignedText(double value, int decimals = 2);

/// "0.012", "<0.001".
std::string ProbabilityText(double p);

/// "354,896,896".
std::string GroupedText(int64_t value);

/// By printf's format: "%.6g".
std::string FormatText(const char* format, double value);

std::string JoinedText(const std::vector<std::string>& texts, const char* separator);

}  // namespace vffn
