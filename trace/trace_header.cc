#include "trace/trace_header.h"

#include <type_traits>

#include "base/error.h"

namespace vffn {
namespace {

constexpr int kTraceSchema = 1;

/// The fields of a struct with Visit, as one flat object.
template <class Struct>
OrderedJson FieldsOf(const Struct& value) {
  OrderedJson json = OrderedJson::object();
  Struct::Visit(value, [&](const char* name, const auto& field) { json[name] = field; });
  return json;
}

const Json& Field(const Json& object, const char* name, const std::string& origin) {
  VFFN_CHECK(object.is_object() && object.contains(name), origin, ": the field \"", name, "\" is missing");
  return object[name];
}

std::string Text(const Json& object, const char* name, const std::string& origin) {
  const Json& value = Field(object, name, origin);
  VFFN_CHECK(value.is_string(), origin, ": \"", name, "\" is not a string");
  return value.get<std::string>();
}

template <class Struct>
Struct ParseFields(const Json& object, const std::string& origin) {
  Struct parsed;
  Struct::Visit(parsed, [&](const char* name, auto& field) {
    using T = std::remove_reference_t<decltype(field)>;
    const Json& value = Field(object, name, origin);
    if constexpr (std::is_same_v<T, std::string>) {
      VFFN_CHECK(value.is_string(), origin, ": \"", name, "\" is not a string");
    } else if constexpr (std::is_same_v<T, bool>) {
      VFFN_CHECK(value.is_boolean(), origin, ": \"", name, "\" is not true or false");
    } else {
      VFFN_CHECK(value.is_number_integer(), origin, ": \"", name, "\" is not an integer");
    }
    field = value.get<T>();
  });
  return parsed;
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

OrderedJson ToJson(const TraceHeader& header) {
  return {{"vffn_trace", kTraceSchema},      {"identity", ToJson(header.identity)},
          {"shape", FieldsOf(header.shape)}, {"config", ToJson(header.config)},
          {"model_name", header.model_name}, {"program_version", header.program_version}};
}

TraceHeader ParseTraceHeader(const Json& json, const std::string& origin) {
  const Json& schema = Field(json, "vffn_trace", origin);
  VFFN_CHECK(schema.is_number_integer() && schema.get<int64_t>() >= 1, origin, ": \"vffn_trace\" holds ",
             schema.dump());
  VFFN_CHECK(schema.get<int64_t>() <= kTraceSchema, origin, ": the trace's schema is ", schema.dump(),
             ", this program knows up to ", kTraceSchema, "; use a newer program");
  TraceHeader header{.identity = ParseRunIdentity(Field(json, "identity", origin), origin),
                     .shape = ParseFields<TraceShape>(Field(json, "shape", origin), origin),
                     .config = ParseModelConfig(Field(json, "config", origin), origin),
                     .model_name = Text(json, "model_name", origin),
                     .program_version = Text(json, "program_version", origin)};
  VFFN_CHECK(header.identity.profile.has_value(), origin, ": identity.profile is missing");
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
