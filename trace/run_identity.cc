#include "trace/run_identity.h"

#include <type_traits>
#include <utility>

#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

/// Calls visit(name, value) for every field that is there.
template <class Visitor>
void VisitPresent(const RunIdentity& identity, Visitor&& visit) {
  RunIdentity::Visit(identity, [&](const char* name, const auto& field) {
    if constexpr (std::is_same_v<std::decay_t<decltype(field)>, std::optional<std::string>>) {
      if (field.has_value()) {
        visit(name, *field);
      }
    } else {
      visit(name, field);
    }
  });
}

std::string TextOf(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

OrderedJson ToJson(const RunIdentity& identity) {
  OrderedJson json = OrderedJson::object();
  VisitPresent(identity, [&](const char* name, const auto& value) { json[name] = value; });
  return json;
}

RunIdentity ParseRunIdentity(const Json& json, const std::string& origin) {
  RunIdentity identity;
  ReadPresentFields(Fields(json, origin, "identity"), identity);
  return identity;
}

std::vector<IdentityDifference> DifferencesOf(const RunIdentity& a, const RunIdentity& b) {
  Json theirs = Json::object();
  VisitPresent(b, [&](const char* name, const auto& value) { theirs[name] = value; });
  std::vector<IdentityDifference> differences;
  VisitPresent(a, [&](const char* name, const auto& value) {
    if (theirs.contains(name) && theirs[name] != value) {
      differences.push_back({name, TextOf(value), TextOf(theirs[name])});
    }
  });
  return differences;
}

}  // namespace vffn
