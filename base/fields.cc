#include "base/fields.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/json.h"
#include "base/near_names.h"

namespace vffn {

std::string JsonPlace::Text() const {
  std::string text(origin);
  if (!path.empty() || !name.empty()) {
    text.append(": ").append(path).append(path.empty() || name.empty() ? "" : ".").append(name);
  }
  return text;
}

bool ToBool(const Json& value, const JsonPlace& place) {
  VFFN_CHECK(value.is_boolean(), place.Text(), " is ", value.dump(), ", should be true or false");
  return value.get<bool>();
}

int64_t ToInteger(const Json& value, const JsonPlace& place, int64_t low, int64_t high) {
  VFFN_CHECK(value.is_number_integer(), place.Text(), " is ", value.dump(), ", should be a whole number");
  const bool fits = value.is_number_unsigned()
                        ? high >= 0 && value.get<uint64_t>() <= static_cast<uint64_t>(high) &&
                              (low <= 0 || value.get<uint64_t>() >= static_cast<uint64_t>(low))
                        : value.get<int64_t>() >= low && value.get<int64_t>() <= high;
  VFFN_CHECK(fits, place.Text(), " is ", value.dump(), ", should be a whole number from ", low, " to ", high);
  return value.get<int64_t>();
}

uint64_t ToUnsigned(const Json& value, const JsonPlace& place) {
  VFFN_CHECK(value.is_number_unsigned(), place.Text(), " is ", value.dump(),
             ", should be a whole number from 0");
  return value.get<uint64_t>();
}

double ToNumber(const Json& value, const JsonPlace& place) {
  VFFN_CHECK(value.is_number() && std::isfinite(value.get<double>()), place.Text(), " is ", value.dump(),
             ", should be a number");
  return value.get<double>();
}

const std::string& ToText(const Json& value, const JsonPlace& place) {
  VFFN_CHECK(value.is_string(), place.Text(), " is ", value.dump(), ", should be a string");
  return value.get_ref<const std::string&>();
}

std::vector<const Json*> ToElements(const Json& value, const JsonPlace& place) {
  VFFN_CHECK(value.is_array(), place.Text(), " is ", value.dump(), ", should be a list");
  std::vector<const Json*> elements;
  elements.reserve(value.size());
  for (const Json& element : value) {
    elements.push_back(&element);
  }
  return elements;
}

Fields::Fields(const Json& json, std::string origin, std::string path)
    : json_(&json), origin_(std::move(origin)), path_(std::move(path)) {
  VFFN_CHECK(
      json.is_object(), Where(),
      path_.empty() ? ": should be a JSON object, is of type " : " should be a JSON object, is of type ",
      json.type_name());
}

const Json* Fields::Find(std::string_view name) const {
  if (std::ranges::find(asked_, name) == asked_.end()) {
    asked_.emplace_back(name);
  }
  const auto found = json_->find(name);
  return found == json_->end() || found->is_null() ? nullptr : &*found;
}

bool Fields::IsNull(std::string_view name) const { return Find(name) == nullptr && json_->contains(name); }

const Json& Fields::Require(std::string_view name) const {
  const Json* value = Find(name);
  if (value == nullptr) {
    std::vector<std::string> others = Names();
    std::erase_if(others, [&](const std::string& other) { return std::ranges::count(asked_, other) > 0; });
    const std::vector<std::string> near = NearestNames(name, others, name.size() < 3 ? 0 : 1);
    Fail(Where(name), " is missing", near.empty() ? "" : "; there is a field " + near.front());
  }
  return *value;
}

int64_t Fields::Integer(std::string_view name, int64_t low, int64_t high) const {
  return ToInteger(Require(name), PlaceOf(name), low, high);
}

Fields Fields::Object(std::string_view name) const {
  return {Require(name), origin_, JsonPlace{{}, path_, name}.Text().substr(2)};
}

std::optional<Fields> Fields::OptionalObject(std::string_view name) const {
  return Has(name) ? std::optional(Object(name)) : std::nullopt;
}

std::vector<std::string> Fields::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : json_->items()) {
    names.push_back(name);
  }
  return names;
}

void Fields::RefuseUnknown() const {
  for (const auto& [name, value] : json_->items()) {
    if (std::ranges::find(asked_, name) == asked_.end()) {
      Fail(Where(name), ": unknown field", DidYouMeanOneOf(name, asked_, "the fields are"));
    }
  }
}

std::string Fields::Where() const { return JsonPlace{origin_, path_, {}}.Text(); }

}  // namespace vffn
