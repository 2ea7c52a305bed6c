// The rows of a ledger as JSON lines.
//
//   {"vffn_ledger":1,"identity":{...},"program_version":"0.1.0","provenance":{...}}        once, first
//   {"row":"task","task":"piqa","split":"validation","data_sha256":"...","data_set_size":1838,"docs":100}
//   {"row":"doc","task":"piqa","doc_id":0,"gold":1,"request_sha256":"...","choices":[{"tokens":[...],"log_probs":[...],
//    "greedy":[...],"context_tokens":19,"truncated_tokens":0,"characters":165,"characters_without_blank":164,
//    "bytes":165,"bytes_without_blank":164},...]}
//
// A later program may add fields and kinds of rows, which this one ignores, and fields to the identity, which
// an old ledger then lacks; 1 becomes 2 when an old program must not go on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "eval/scored_doc.h"

namespace vffn {

inline constexpr int kLedgerSchema = 1;

/// What decides the numbers of a ledger besides the data sets. Two ledgers whose identities differ in any
/// field do not mix.
struct LedgerIdentity {
  std::string model_sha256;
  std::string tokenizer_sha256;
  std::string dtype;                ///< "float32", "bfloat16"
  std::string rendering;            ///< NameOf(Rendering)
  std::string encoding;             ///< NameOf(Encoding)
  int64_t bos_token = -1;           ///< begins every sequence; -1: none does
  int64_t max_sequence_length = 0;  ///< where contexts are cut
  std::string ffn;                  ///< kind and options of an FFN other than the dense one, as JSON

  /// Calls visit(name, field) for every field: rows and comparison follow from this list.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("model_sha256", self.model_sha256);
    visit("tokenizer_sha256", self.tokenizer_sha256);
    visit("dtype", self.dtype);
    visit("rendering", self.rendering);
    visit("encoding", self.encoding);
    visit("bos_token", self.bos_token);
    visit("max_sequence_length", self.max_sequence_length);
    visit("ffn", self.ffn);
  }

  bool operator==(const LedgerIdentity&) const = default;
};

OrderedJson ToJson(const LedgerIdentity& identity);

struct LedgerHeader {
  LedgerIdentity identity;
  std::string program_version;  ///< of the program that began it
  OrderedJson provenance =
      OrderedJson::object();  ///< anything worth knowing later: the model's path, its size ...
};

/// A task that has rows, or is about to.
struct LedgerTask {
  std::string name;
  std::string split;
  std::string data_sha256;
  int64_t data_set_size = 0;  ///< docs in the data set
  int64_t docs = 0;           ///< that a run has asked for: fewer rows mean that it was interrupted

  bool operator==(const LedgerTask&) const = default;
};

/// One line without its newline.
std::string FormatRow(const LedgerHeader& header);
std::string FormatRow(const LedgerTask& task);
std::string FormatRow(const ScoredDoc& doc);

/// What every ledger begins with, however short its torn first line.
inline constexpr std::string_view kLedgerMagic = R"({"vffn_ledger":)";

/// These throw Error beginning with `origin` (file, line and offset) on a missing field, a wrong type, a
/// number out of range, or a schema newer than ours. A header's identity fields that are absent are left
/// empty.
LedgerHeader ParseHeader(const Json& row, const std::string& origin);
LedgerTask ParseTask(const Json& row, const std::string& origin);
ScoredDoc ParseDoc(const Json& row, const std::string& origin);

/// The shortest decimal that reads back as `value`, also by way of a double.
std::string FormatFloat(float value);

}  // namespace vffn
