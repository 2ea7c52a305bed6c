// The rows of a ledger as JSON lines.
//
//   {"vffn_ledger":1,"identity":{...},"program_version":"0.1.0","provenance":{...}}        once, first
//   {"row":"task","task":"piqa","split":"validation","data_sha256":"...","data_set_size":1838,"docs":100}
//       and, if the task states them, "metrics":["bits_per_byte"],"primary_metric":"bits_per_byte","shots":5
//   {"row":"doc","task":"piqa","doc_id":0,"gold":1,"request_sha256":"...","choices":[{"tokens":[...],"log_probs":[...],
//    "greedy":[...],"context_tokens":19,"truncated_tokens":0,"characters":165,"characters_without_blank":164,
//    "bytes":165,"bytes_without_blank":164},...]}
//       and, in the choice of a doc that was scored in windows, "words":31
//       and, in each choice of a doc with unconditional requests (tasks/example.h),
//       "unconditional":{"tokens":[...],"log_probs":[...],"greedy":[...],"context_tokens":2,"truncated_tokens":0}
//
// A later program may add fields and kinds of rows, which this one ignores. It may add fields to the
// identity, which an old ledger lacks. The schema number 1 becomes 2 when an old program must not continue a
// ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "eval/metrics.h"
#include "eval/scored_doc.h"
#include "trace/run_identity.h"

namespace vffn {

inline constexpr int kLedgerSchema = 1;

struct LedgerHeader {
  RunIdentity identity;                            ///< two ledgers whose identities differ do not mix
  std::string program_version;                     ///< of the program that began it
  OrderedJson provenance = OrderedJson::object();  ///< for people: the model's path, the device
};

/// A task that a run has begun.
struct LedgerTask {
  std::string name;
  std::string split;
  std::string data_sha256;
  int64_t data_set_size = 0;          ///< docs in the data set
  int64_t docs = 0;                   ///< that the run asked for; fewer rows mean that it was interrupted
  std::optional<MetricList> metrics;  ///< that the task itself states; absent: those of the profile
  int64_t shots = 0;                  ///< solved examples in every prompt

  bool operator==(const LedgerTask&) const = default;
};

/// One line without its newline.
std::string FormatRow(const LedgerHeader& header);
std::string FormatRow(const LedgerTask& task);
std::string FormatRow(const ScoredDoc& doc);

/// The beginning of every ledger.
inline constexpr std::string_view kLedgerMagic = R"({"vffn_ledger":)";

/// A line after the header: a task, a doc, or a kind of row that a later program added.
using LedgerRow = std::variant<std::monostate, LedgerTask, ScoredDoc>;

/// These throw Error, beginning with `origin` (file, line and offset), on a missing field, a wrong type, a
/// number out of range, or a schema newer than ours.
LedgerHeader ParseLedgerHeader(const Json& row, const std::string& origin);
LedgerRow ParseLedgerRow(const Json& row, const std::string& origin);

/// The shortest decimal that is read back as `value`, also by readers that parse doubles.
std::string FormatFloat(float value);

}  // namespace vffn
