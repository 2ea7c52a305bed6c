// The header of a trace: which model was run how, and by which program.
#pragma once

#include <cstdint>
#include <string>

#include "base/json_fwd.h"
#include "model/config.h"
#include "trace/doc_trace.h"

namespace vffn {

/// Everything beside the data sets that determines the numbers of a trace. Traces that differ in any field
/// are never combined.
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
  std::string model_name;       ///< for captions
  bool untrained = false;       ///< for example, freshly upcycled
  std::string program_version;  ///< of the program that wrote it

  /// The model's name for captions: "NAME", or "NAME [UNTRAINED]".
  std::string Label() const;
};

/// {"vffn_trace": 1, "identity": {...}, "shape": {...}, "config": {...}, "model_name": LABEL,
/// "program_version"}
OrderedJson ToJson(const TraceHeader& header);

/// The inverse. A flag of the shape that is missing is false: the file is older than the column. Throws
/// Error, beginning with `origin`, if another field is missing or of the wrong type, or the schema is newer
/// than this program.
TraceHeader ParseTraceHeader(const Json& json, const std::string& origin);

/// Throws Error, naming every field that differs with both values, unless both traces are of one model, run
/// in one way.
void CheckSameTrace(const TraceHeader& a, const std::string& a_origin, const TraceHeader& b,
                    const std::string& b_origin);

}  // namespace vffn
