#include "train/log/metrics_log.h"

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"

namespace vffn {
namespace {

constexpr char kMetrics[] = "metrics.jsonl";
constexpr char kEvaluations[] = "evaluations.jsonl";

/// Calls take(row, end) for every line of a log that ends with a newline: the parsed line, and the offset
/// after it. Stops when `take` returns false.
template <class ParseLine, class Take>
void ForEachLine(std::string_view text, const std::string& path, ParseLine&& parse, Take&& take) {
  int64_t last_step = -1;
  size_t begin = 0;
  for (int64_t line = 1;; ++line) {
    const size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) {
      return;
    }
    const std::string origin = path + ":" + std::to_string(line);
    const auto row = parse(ParseJson(text.substr(begin, end - begin), origin), origin);
    VFFN_CHECK(row.step > last_step, origin, ": step ", row.step, " follows step ", last_step);
    last_step = row.step;
    begin = end + 1;
    if (!take(row, static_cast<int64_t>(begin))) {
      return;
    }
  }
}

/// Cuts the file after the line of `last_step` or of the step before it. Returns the last step kept.
template <class ParseLine>
int64_t KeepUpTo(AppendFile& file, int64_t last_step, ParseLine&& parse) {
  int64_t kept = -1, size = 0;
  if (last_step > 0) {
    ForEachLine(file.Read(), file.path().string(), parse, [&](const auto& row, int64_t end) {
      if (row.step > last_step) {
        return false;
      }
      kept = row.step;
      size = end;
      return true;
    });
  }
  file.Truncate(size);
  return kept;
}

template <class Row>
void AppendRow(AppendFile& file, const Row& row, int64_t& last_step) {
  VFFN_CHECK(row.step > last_step, file.path().string(), ": step ", row.step, " cannot follow step ",
             last_step);
  file.Append(ToJson(row).dump());
  last_step = row.step;
}

template <class Row, class ParseLine>
std::vector<Row> ReadRows(const std::filesystem::path& path, ParseLine&& parse) {
  std::vector<Row> rows;
  ForEachLine(ReadFileBytes(path), path.string(), parse, [&](const Row& row, int64_t) {
    rows.push_back(row);
    return true;
  });
  return rows;
}

bool IsEmptyLog(const std::filesystem::path& path) {
  return std::filesystem::is_regular_file(path) && ReadFileBytes(path).find('\n') == std::string::npos;
}

}  // namespace

bool HasEmptyLogs(const std::filesystem::path& run_folder) {
  return IsEmptyLog(run_folder / kMetrics) && IsEmptyLog(run_folder / kEvaluations);
}

MetricsLog::MetricsLog(const std::filesystem::path& run_folder, int64_t last_step)
    : metrics_(run_folder / kMetrics),
      evaluations_(run_folder / kEvaluations),
      last_metrics_(KeepUpTo(metrics_, last_step, ParseStepMetrics)),
      last_evaluation_(KeepUpTo(evaluations_, last_step, ParseEvaluationPoint)) {}

void MetricsLog::Append(const StepMetrics& metrics) { AppendRow(metrics_, metrics, last_metrics_); }

void MetricsLog::Append(const EvaluationPoint& point) { AppendRow(evaluations_, point, last_evaluation_); }

void MetricsLog::Sync() {
  metrics_.Sync();
  evaluations_.Sync();
}

std::vector<StepMetrics> ReadMetrics(const std::filesystem::path& run_folder) {
  return ReadRows<StepMetrics>(run_folder / kMetrics, ParseStepMetrics);
}

std::vector<EvaluationPoint> ReadEvaluations(const std::filesystem::path& run_folder) {
  return ReadRows<EvaluationPoint>(run_folder / kEvaluations, ParseEvaluationPoint);
}

}  // namespace vffn
