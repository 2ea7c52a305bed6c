// Values of template expressions, with the semantics of Python.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/json_fwd.h"

namespace vffn {

/// One value. Copies share their elements, which never change.
struct TemplateValue {
  enum class Kind {
    kUndefined,  ///< `text` says what is not defined
    kNone,
    kBool,
    kInt,
    kFloat,
    kString,
    kList,
    kTuple,
    kRange,     ///< range(...), with its numbers as elements
    kIterator,  ///< the result of the filter `map`: it can be joined, listed and run over, not printed
    kDict,
  };
  using Elements = std::vector<TemplateValue>;

  Kind kind = Kind::kNone;
  bool boolean = false;
  int64_t integer = 0;
  double real = 0;
  std::string text;
  std::shared_ptr<const Elements> elements;              ///< of a sequence; the values of a dict
  std::shared_ptr<const std::vector<std::string>> keys;  ///< of a dict
  bool ordered = true;                                   ///< whether the order of `keys` is that of the data

  static TemplateValue Undefined(std::string what);
  static TemplateValue Bool(bool value);
  static TemplateValue Int(int64_t value);
  static TemplateValue Float(double value);
  static TemplateValue String(std::string value);
  static TemplateValue Sequence(Kind kind, Elements elements);
  static TemplateValue Dict(std::vector<std::string> keys, Elements values, bool ordered);

  bool is(Kind other) const { return kind == other; }
  bool IsSequence() const;  ///< list, tuple or range
  bool IsNumber() const;    ///< int, float or bool
};

/// A JSON value. The order of an object's fields is not known. Throws Error on a whole number above 64 bits.
TemplateValue ValueOfJson(const Json& json);

// All of these throw Error where Python raises an exception, and on an undefined value.

/// "str", "list"; for error messages.
std::string TypeName(const TemplateValue& value);

/// bool(value).
bool IsTrue(const TemplateValue& value);

/// str(value) and repr(value). They throw Error, too, on a dict whose order is not known and has an effect,
/// and on a result of `map`.
std::string PythonStr(const TemplateValue& value);
std::string PythonRepr(const TemplateValue& value);

/// len(value).
int64_t Length(const TemplateValue& value);

/// list(value): elements, or characters. Throws Error on dicts whose order is not known.
TemplateValue::Elements ElementsOf(const TemplateValue& value);

/// left == right; values of different types are different, but True is 1 and 1 is 1.0.
bool AreEqual(const TemplateValue& left, const TemplateValue& right);

/// left < right.
bool IsLess(const TemplateValue& left, const TemplateValue& right);

/// container[key] of a dict; null if it has no such key.
const TemplateValue* FindKey(const TemplateValue& dict, const std::string& key);

}  // namespace vffn
