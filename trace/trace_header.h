// The header of a trace: which model was run how, and by which program.
#pragma once

#include <cstdint>
#include <string>

#include "base/json_fwd.h"
#include "model/config.h"
#include "trace/doc_trace.h"
#include "trace/run_identity.h"

namespace vffn {

struct TraceHeader {
  RunIdentity identity;  ///< with a profile
  TraceShape shape;
  ModelConfig config;           ///< probes included
  std::string model_name;       ///< for captions
  bool untrained = false;       ///< for example, freshly upcycled
  std::string program_version;  ///< of the program that wrote it

  /// The model's name for captions: "NAME", or "NAME [UNTRAINED]".
  std::string Label() const;
};

/// {"vffn_trace": 2, "identity": {...}, "shape": {...}, "config": {...}, "model_name": LABEL,
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
