#include "trace/trace_header.h"

#include <type_traits>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

constexpr int kTraceSchema = 2;
constexpr std::string_view kUntrainedMark = " [UNTRAINED]";

/// The fields of a struct with Visit, as one flat object.
template <class Struct>
OrderedJson FieldsOf(const Struct& value) {
  OrderedJson json = OrderedJson::object();
  Struct::Visit(value, [&](const char* name, const auto& field) { json[name] = field; });
  return json;
}

TraceShape ParseShape(const Fields& fields) {
  TraceShape shape;
  TraceShape::Visit(shape, [&](const char* name, auto& field) {
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(field)>, bool>) {
      field = fields.Get<bool>(name, false);
    } else {
      field = fields.Get<int64_t>(name);
    }
  });
  shape.lambda = shape.lambda || fields.Get<bool>("lambda", false);  // its name in the first schema
  return shape;
}

void CheckShape(const TraceShape& shape, const std::string& origin) {
  const auto in = [](int64_t value, int64_t most) { return value >= 0 && value <= most; };
  VFFN_CHECK(in(shape.layers, INT16_MAX) && in(shape.max_loops, UINT8_MAX) &&
                 in(shape.n_experts, INT16_MAX) && in(shape.top_k, shape.n_experts) &&
                 (shape.n_experts == 0) == (shape.top_k == 0) &&
                 (!shape.probabilities || shape.max_loops > 0),
             origin, ": a trace of ", shape.layers, " layers, up to ", shape.max_loops, " loops and ",
             shape.top_k, " of ", shape.n_experts, " experts is impossible");
}

}  // namespace

std::string TraceHeader::Label() const { return model_name + std::string(untrained ? kUntrainedMark : ""); }

OrderedJson ToJson(const TraceHeader& header) {
  return {{"vffn_trace", kTraceSchema},      {"identity", ToJson(header.identity)},
          {"shape", FieldsOf(header.shape)}, {"config", ToJson(header.config)},
          {"model_name", header.Label()},    {"program_version", header.program_version}};
}

TraceHeader ParseTraceHeader(const Json& json, const std::string& origin) {
  const Fields fields(json, origin);
  const int64_t schema = fields.Integer("vffn_trace", 1);
  VFFN_CHECK(schema <= kTraceSchema, origin, ": the trace's schema is ", schema,
             ", this program knows up to ", kTraceSchema, "; use a newer program");
  TraceHeader header{.identity = ParseRunIdentity(fields.Require("identity"), origin),
                     .shape = ParseShape(fields.Object("shape")),
                     .config = ParseModelConfig(fields.Require("config"), origin),
                     .model_name = fields.Get<std::string>("model_name"),
                     .program_version = fields.Get<std::string>("program_version")};
  VFFN_CHECK(header.identity.profile.has_value(), origin, ": identity.profile is missing");
  if (header.model_name.ends_with(kUntrainedMark)) {
    header.model_name.resize(header.model_name.size() - kUntrainedMark.size());
    header.untrained = true;
  }
  CheckShape(header.shape, origin);
  return header;
}

void CheckSameTrace(const TraceHeader& a, const std::string& a_origin, const TraceHeader& b,
                    const std::string& b_origin) {
  std::string differences;
  for (const IdentityDifference& difference : DifferencesOf(a.identity, b.identity)) {
    differences += "\n  " + difference.field + ": " + difference.a + " and " + difference.b;
  }
  const auto compare = [&](const OrderedJson& ours, const OrderedJson& theirs) {
    for (const auto& [name, value] : ours.items()) {
      if (theirs[name] != value) {
        differences += "\n  " + name + ": " + value.dump() + " and " + theirs[name].dump();
      }
    }
  };
  compare(FieldsOf(a.shape), FieldsOf(b.shape));
  VFFN_CHECK(differences.empty(), a_origin, " and ", b_origin, " are traces of different runs:", differences);
}

}  // namespace vffn
