// Strict reading of the fields of a JSON object, the one way in which the program takes values out of JSON.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/json_fwd.h"

namespace vffn {

/// Where a JSON value was found, for error messages: "results.json: vffn.tasks.piqa.docs".
struct JsonPlace {
  std::string_view origin;  ///< the file, or the file and line
  std::string_view path;    ///< of the enclosing object, "vffn.tasks.piqa"; may be empty
  std::string_view name;    ///< of the field

  std::string Text() const;
};

// Conversions of one value. Each throws Error, beginning with the place and showing the value, if the value
// is of another type or out of range.
bool ToBool(const Json& value, const JsonPlace& place);
int64_t ToInteger(const Json& value, const JsonPlace& place, int64_t low, int64_t high);
uint64_t ToUnsigned(const Json& value, const JsonPlace& place);
double ToNumber(const Json& value, const JsonPlace& place);  ///< finite; whole numbers are numbers, too
const std::string& ToText(const Json& value, const JsonPlace& place);
std::vector<const Json*> ToElements(const Json& value, const JsonPlace& place);

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

/// `value` as a T: bool, an integer type, double or float, std::string, an enumeration that has
/// Parse(text, origin, T&), or a vector of these. Throws Error as above.
template <class T>
T ConvertJson(const Json& value, const JsonPlace& place) {
  if constexpr (std::is_same_v<T, bool>) {
    return ToBool(value, place);
  } else if constexpr (std::is_same_v<T, uint64_t>) {
    return ToUnsigned(value, place);
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(
        ToInteger(value, place, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(ToNumber(value, place));
  } else if constexpr (std::is_enum_v<T>) {
    T parsed{};
    Parse(ToText(value, place), place.Text(), parsed);
    return parsed;
  } else if constexpr (kIsVector<T>) {
    T list;
    for (const Json* element : ToElements(value, place)) {
      list.push_back(ConvertJson<typename T::value_type>(*element, place));
    }
    return list;
  } else {
    return ToText(value, place);
  }
}

/// The fields of one object. A field whose value is null counts as absent. Every method throws Error, naming
/// the field, if the value is there and is not of the type asked for. The JSON value must outlive this
/// object.
class Fields {
 public:
  /// Throws Error unless `json` is an object. `path` is where the object stands in its file, for messages.
  Fields(const Json& json, std::string origin, std::string path = {});

  /// Null if absent.
  const Json* Find(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  /// Whether the field is there and null.
  bool IsNull(std::string_view name) const;

  /// Throws Error if absent.
  const Json& Require(std::string_view name) const;

  /// The field's value. Throws Error if absent.
  template <class T>
  T Get(std::string_view name) const {
    return ConvertJson<T>(Require(name), PlaceOf(name));
  }

  /// The field's value, or `otherwise` if absent.
  template <class T>
  T Get(std::string_view name, T otherwise) const {
    const Json* value = Find(name);
    return value == nullptr ? otherwise : ConvertJson<T>(*value, PlaceOf(name));
  }

  template <class T>
  std::optional<T> Optional(std::string_view name) const {
    const Json* value = Find(name);
    return value == nullptr ? std::nullopt : std::optional(ConvertJson<T>(*value, PlaceOf(name)));
  }

  /// An integer from `low` to `high`. Throws Error if absent or outside.
  int64_t Integer(std::string_view name, int64_t low,
                  int64_t high = std::numeric_limits<int64_t>::max()) const;
  /// An integer from 0.
  int64_t Count(std::string_view name) const { return Integer(name, 0); }

  /// The field as an object of its own. Throws Error if absent.
  Fields Object(std::string_view name) const;
  std::optional<Fields> OptionalObject(std::string_view name) const;

  /// The names of all fields, in the order of the JSON value.
  std::vector<std::string> Names() const;

  /// Throws Error if there is a field that no method above was asked for: a misspelt name. The message lists
  /// the names that were asked for.
  void RefuseUnknown() const;

  /// For errors about a field's value that only the caller can find.
  JsonPlace PlaceOf(std::string_view name) const { return {origin_, path_, name}; }
  std::string Where(std::string_view name) const { return PlaceOf(name).Text(); }
  /// "results.json: vffn.tasks", or the origin alone.
  std::string Where() const;
  const std::string& origin() const { return origin_; }

 private:
  const Json* json_;
  std::string origin_;
  std::string path_;
  mutable std::vector<std::string> asked_;
};

/// Reads the fields of a struct that lists them in Visit(self, visit) into `value`; absent ones keep their
/// value. Other fields of the object are left alone.
template <class Struct>
void ReadPresentFields(const Fields& fields, Struct& value) {
  Struct::Visit(value, [&](const char* name, auto& field) {
    using T = std::remove_reference_t<decltype(field)>;
    if constexpr (requires {
                    typename T::value_type;
                    field.has_value();
                  }) {
      if (auto read = fields.Optional<typename T::value_type>(name)) {
        field = std::move(read);
      }
    } else {
      field = fields.Get<T>(name, field);
    }
  });
}

/// As ReadPresentFields; throws Error if a field that is not optional is absent.
template <class Struct>
Struct ReadAllFields(const Fields& fields) {
  Struct value;
  Struct::Visit(value, [&](const char* name, auto& field) {
    using T = std::remove_reference_t<decltype(field)>;
    if constexpr (requires {
                    typename T::value_type;
                    field.has_value();
                  }) {
      field = fields.Optional<typename T::value_type>(name);
    } else {
      field = fields.Get<T>(name);
    }
  });
  return value;
}

}  // namespace vffn
