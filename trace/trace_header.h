// Whose trace it is.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "model/config.h"
#include "trace/doc_trace.h"

namespace vffn {

/// What decides the numbers of a trace besides the data sets. Traces that differ in any field do not mix.
struct TraceIdentity {
  std::string model_sha256;
  std::string tokenizer_sha256;
  std::string dtype;    ///< "float32", "bfloat16"
  std::string profile;  ///< whose protocol made the requests
  int64_t bos_token = -1;
  int64_t max_sequence_length = 0;
  std::string ffn;  ///< as LedgerIdentity's: kind and options of an FFN other than the dense one, as JSON

  /// Calls visit(name, field) for every field.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("model_sha256", self.model_sha256);
    visit("tokenizer_sha256", self.tokenizer_sha256);
    visit("dtype", self.dtype);
    visit("profile", self.profile);
    visit("bos_token", self.bos_token);
    visit("max_sequence_length", self.max_sequence_length);
    visit("ffn", self.ffn);
  }

  bool operator==(const TraceIdentity&) const = default;
};

struct TraceHeader {
  TraceIdentity identity;
  TraceShape shape;
  ModelConfig config;           ///< probes included
  std::string model_name;       ///< for captions; ends with "[UNTRAINED]" if the weights never were trained
  std::string program_version;  ///< of the program that wrote it
};

/// {"vffn_trace": 1, "identity": {...}, "shape": {...}, "config": {...}, "model_name", "program_version"}
OrderedJson ToJson(const TraceHeader& header);

/// The inverse. Throws Error, beginning with `origin`, on anything missing or of the wrong kind, and on a
/// schema newer than ours.
TraceHeader ParseTraceHeader(const Json& json, const std::string& origin);

/// Throws Error, naming every field that differs with both values, unless the two belong to one model, run in
/// one way.
void CheckSameTrace(const TraceHeader& a, const std::string& a_origin, const TraceHeader& b,
                    const std::string& b_origin);

}  // namespace vffn
