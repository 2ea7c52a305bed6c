// Whose trace it is.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "model/config.h"
#include "trace/doc_trace.h"
#include "trace/run_identity.h"

namespace vffn {

struct TraceHeader {
  RunIdentity identity;  ///< with a profile
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
