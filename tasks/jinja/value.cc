#include "tasks/jinja/value.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/json.h"
#include "text/python_methods.h"
#include "text/utf8.h"

namespace vffn {
namespace {

using Kind = TemplateValue::Kind;

void CheckDefined(const TemplateValue& value) { VFFN_CHECK(!value.is(Kind::kUndefined), value.text); }

double RealOf(const TemplateValue& number) {
  return number.is(Kind::kFloat)  ? number.real
         : number.is(Kind::kBool) ? (number.boolean ? 1 : 0)
                                  : static_cast<double>(number.integer);
}

int64_t WholeOf(const TemplateValue& number) {
  return number.is(Kind::kBool) ? (number.boolean ? 1 : 0) : number.integer;
}

void CheckOrdered(const TemplateValue& dict) {
  VFFN_CHECK(dict.ordered || dict.keys->size() < 2,
             "the order of the fields of an object of the data is not known here; name each field instead");
}

std::string Joined(const TemplateValue::Elements& elements) {
  std::string text;
  for (const TemplateValue& element : elements) {
    text.append(text.empty() ? "" : ", ").append(PythonRepr(element));
  }
  return text;
}

std::string DictRepr(const TemplateValue& dict) {
  CheckOrdered(dict);
  std::string text;
  for (size_t i = 0; i < dict.keys->size(); ++i) {
    text.append(i == 0 ? "" : ", ").append(PythonRepr((*dict.keys)[i]));
    text.append(": ").append(PythonRepr((*dict.elements)[i]));
  }
  return "{" + text + "}";
}

bool AreEqualDicts(const TemplateValue& left, const TemplateValue& right) {
  return left.keys->size() == right.keys->size() &&
         std::ranges::all_of(*left.keys, [&](const std::string& key) {
           const TemplateValue* other = FindKey(right, key);
           return other != nullptr && AreEqual(*FindKey(left, key), *other);
         });
}

}  // namespace

TemplateValue TemplateValue::Undefined(std::string what) {
  return {.kind = Kind::kUndefined, .text = std::move(what)};
}
TemplateValue TemplateValue::Bool(bool value) { return {.kind = Kind::kBool, .boolean = value}; }
TemplateValue TemplateValue::Int(int64_t value) { return {.kind = Kind::kInt, .integer = value}; }
TemplateValue TemplateValue::Float(double value) { return {.kind = Kind::kFloat, .real = value}; }
TemplateValue TemplateValue::String(std::string value) {
  return {.kind = Kind::kString, .text = std::move(value)};
}
TemplateValue TemplateValue::Sequence(Kind kind, Elements elements) {
  return {.kind = kind, .elements = std::make_shared<const Elements>(std::move(elements))};
}
TemplateValue TemplateValue::Dict(std::vector<std::string> keys, Elements values, bool ordered) {
  return {.kind = Kind::kDict,
          .elements = std::make_shared<const Elements>(std::move(values)),
          .keys = std::make_shared<const std::vector<std::string>>(std::move(keys)),
          .ordered = ordered};
}

bool TemplateValue::IsSequence() const { return is(Kind::kList) || is(Kind::kTuple) || is(Kind::kRange); }
bool TemplateValue::IsNumber() const { return is(Kind::kInt) || is(Kind::kFloat) || is(Kind::kBool); }

TemplateValue ValueOfJson(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return TemplateValue::Bool(json.get<bool>());
    case Json::value_t::number_integer:
      return TemplateValue::Int(json.get<int64_t>());
    case Json::value_t::number_unsigned:
      VFFN_CHECK(json.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()),
                 "the number ", json.get<uint64_t>(), " has more than 64 bits");
      return TemplateValue::Int(json.get<int64_t>());
    case Json::value_t::number_float:
      return TemplateValue::Float(json.get<double>());
    case Json::value_t::string:
      return TemplateValue::String(json.get<std::string>());
    case Json::value_t::array: {
      TemplateValue::Elements elements;
      for (const Json& element : json) {
        elements.push_back(ValueOfJson(element));
      }
      return TemplateValue::Sequence(Kind::kList, std::move(elements));
    }
    case Json::value_t::object: {
      std::vector<std::string> keys;
      TemplateValue::Elements values;
      for (const auto& [key, value] : json.items()) {
        keys.push_back(key);
        values.push_back(ValueOfJson(value));
      }
      return TemplateValue::Dict(std::move(keys), std::move(values), /*ordered=*/false);
    }
    default:
      return {};
  }
}

std::string TypeName(const TemplateValue& value) {
  switch (value.kind) {
    case Kind::kUndefined:
      return "undefined";
    case Kind::kNone:
      return "null";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kFloat:
      return "float";
    case Kind::kString:
      return "str";
    case Kind::kList:
      return "list";
    case Kind::kTuple:
      return "tuple";
    case Kind::kRange:
      return "range";
    case Kind::kIterator:
      return "result of map";
    case Kind::kDict:
      return "dict";
  }
  Fail("no such type");
}

bool IsTrue(const TemplateValue& value) {
  CheckDefined(value);
  switch (value.kind) {
    case Kind::kNone:
      return false;
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kFloat:
      return RealOf(value) != 0;
    case Kind::kString:
      return !value.text.empty();
    case Kind::kIterator:
      return true;
    default:
      return !value.elements->empty();
  }
}

std::string PythonStr(const TemplateValue& value) {
  return value.is(Kind::kString) ? value.text : PythonRepr(value);
}

std::string PythonRepr(const TemplateValue& value) {
  CheckDefined(value);
  switch (value.kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
      return value.boolean ? "True" : "False";
    case Kind::kInt:
      return std::to_string(value.integer);
    case Kind::kFloat:
      return PythonRepr(value.real);
    case Kind::kString:
      return PythonRepr(std::string_view(value.text));
    case Kind::kList:
      return std::string("[").append(Joined(*value.elements)).append("]");
    case Kind::kTuple:
      return std::string("(")
          .append(Joined(*value.elements))
          .append(value.elements->size() == 1 ? ",)" : ")");
    case Kind::kDict:
      return DictRepr(value);
    default:
      Fail("a ", TypeName(value), " cannot be written as text; make a list of it: |list");
  }
}

int64_t Length(const TemplateValue& value) {
  CheckDefined(value);
  if (value.is(Kind::kString)) {
    return static_cast<int64_t>(CountCodePoints(value.text));
  }
  VFFN_CHECK(value.IsSequence() || value.is(Kind::kDict), "a ", TypeName(value), " has no length");
  return static_cast<int64_t>(value.elements->size());
}

TemplateValue::Elements ElementsOf(const TemplateValue& value) {
  CheckDefined(value);
  TemplateValue::Elements elements;
  if (value.is(Kind::kString)) {
    for (std::string& character : PythonCharacters(value.text)) {
      elements.push_back(TemplateValue::String(std::move(character)));
    }
    return elements;
  }
  if (value.is(Kind::kDict)) {
    CheckOrdered(value);
    for (const std::string& key : *value.keys) {
      elements.push_back(TemplateValue::String(key));
    }
    return elements;
  }
  VFFN_CHECK(value.IsSequence() || value.is(Kind::kIterator), "a ", TypeName(value), " has no elements");
  return *value.elements;
}

bool AreEqual(const TemplateValue& left, const TemplateValue& right) {
  CheckDefined(left);
  CheckDefined(right);
  if (left.IsNumber() && right.IsNumber()) {
    return left.is(Kind::kFloat) || right.is(Kind::kFloat) ? RealOf(left) == RealOf(right)
                                                           : WholeOf(left) == WholeOf(right);
  }
  if (left.kind != right.kind) {
    return false;
  }
  VFFN_CHECK(!left.is(Kind::kIterator), "results of map cannot be compared; make lists of them: |list");
  switch (left.kind) {
    case Kind::kNone:
      return true;
    case Kind::kString:
      return left.text == right.text;
    case Kind::kDict:
      return AreEqualDicts(left, right);
    default:
      return std::ranges::equal(*left.elements, *right.elements, AreEqual);
  }
}

bool IsLess(const TemplateValue& left, const TemplateValue& right) {
  CheckDefined(left);
  CheckDefined(right);
  if (left.IsNumber() && right.IsNumber()) {
    return left.is(Kind::kFloat) || right.is(Kind::kFloat) ? RealOf(left) < RealOf(right)
                                                           : WholeOf(left) < WholeOf(right);
  }
  if (left.is(Kind::kString) && right.is(Kind::kString)) {
    return left.text < right.text;  // UTF-8 has the order of the code points
  }
  Fail("a ", TypeName(left), " and a ", TypeName(right), " cannot be ordered");
}

const TemplateValue* FindKey(const TemplateValue& dict, const std::string& key) {
  const auto found = std::ranges::find(*dict.keys, key);
  return found == dict.keys->end() ? nullptr
                                   : &(*dict.elements)[static_cast<size_t>(found - dict.keys->begin())];
}

}  // namespace vffn
