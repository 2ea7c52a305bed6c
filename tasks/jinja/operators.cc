#include "tasks/jinja/operators.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "tasks/jinja/filters.h"
#include "text/python_methods.h"

namespace vffn {
namespace {

using Kind = TemplateValue::Kind;

constexpr size_t kLongestText = size_t{1} << 26;

[[noreturn]] void RefuseTypes(const std::string& name, const TemplateValue& left,
                              const TemplateValue& right) {
  for (const TemplateValue* value : {&left, &right}) {
    VFFN_CHECK(!value->is(Kind::kUndefined), value->text);
  }
  Fail("the operator ", name, " is not defined for a ", TypeName(left), " and a ", TypeName(right));
}

double AsReal(const TemplateValue& number) {
  return number.is(Kind::kFloat)  ? number.real
         : number.is(Kind::kBool) ? static_cast<double>(number.boolean)
                                  : static_cast<double>(number.integer);
}

int64_t AsWhole(const TemplateValue& number) {
  return number.is(Kind::kBool) ? number.boolean : number.integer;
}

/// Rounded towards minus infinity, as Python does. Not of the least number by -1.
int64_t FloorDivision(int64_t left, int64_t right) {
  const int64_t quotient = left / right;
  return quotient - (left % right != 0 && (left < 0) != (right < 0) ? 1 : 0);
}

TemplateValue WholeArithmetic(const std::string& name, int64_t left, int64_t right) {
  int64_t result = 0;
  bool fits = true;
  if (name == "+") {
    fits = !__builtin_add_overflow(left, right, &result);
  } else if (name == "-") {
    fits = !__builtin_sub_overflow(left, right, &result);
  } else if (name == "*") {
    fits = !__builtin_mul_overflow(left, right, &result);
  } else {
    VFFN_CHECK(right != 0, "division by zero");
    if (name == "/") {
      constexpr int64_t kExact = int64_t{1} << 53;
      VFFN_CHECK(std::abs(left) <= kExact && std::abs(right) <= kExact,
                 "a number in a division is too large");
      return TemplateValue::Float(static_cast<double>(left) / static_cast<double>(right));
    }
    fits = right != -1 || left != std::numeric_limits<int64_t>::min();
    if (fits) {
      const int64_t quotient = FloorDivision(left, right);
      result = name == "//" ? quotient : left - quotient * right;
    }
  }
  VFFN_CHECK(fits, "a number has more than 64 bits");
  return TemplateValue::Int(result);
}

TemplateValue RealArithmetic(const std::string& name, double left, double right) {
  if (name == "+") {
    return TemplateValue::Float(left + right);
  }
  if (name == "-") {
    return TemplateValue::Float(left - right);
  }
  if (name == "*") {
    return TemplateValue::Float(left * right);
  }
  VFFN_CHECK(right != 0, "division by zero");
  if (name == "/") {
    return TemplateValue::Float(left / right);
  }
  // As CPython's float_divmod.
  double remainder = std::fmod(left, right);
  double quotient = (left - remainder) / right;
  if (remainder != 0) {
    if ((right < 0) != (remainder < 0)) {
      remainder += right;
      quotient -= 1;
    }
  } else {
    remainder = std::copysign(0.0, right);
  }
  if (name == "%") {
    return TemplateValue::Float(remainder);
  }
  if (quotient == 0) {
    return TemplateValue::Float(std::copysign(0.0, left / right));
  }
  const double floor = std::floor(quotient);
  return TemplateValue::Float(quotient - floor > 0.5 ? floor + 1 : floor);
}

TemplateValue Repeated(const TemplateValue& value, int64_t times) {
  const auto count = static_cast<size_t>(std::max<int64_t>(0, times));
  const size_t size = value.is(Kind::kString) ? value.text.size() : value.elements->size();
  VFFN_CHECK(size == 0 || count <= kLongestText / size, "the result of * is too long");
  if (value.is(Kind::kString)) {
    std::string text;
    for (size_t i = 0; i < count && size > 0; ++i) {
      text += value.text;
    }
    return TemplateValue::String(std::move(text));
  }
  TemplateValue::Elements elements;
  for (size_t i = 0; i < count && size > 0; ++i) {
    elements.insert(elements.end(), value.elements->begin(), value.elements->end());
  }
  return TemplateValue::Sequence(value.kind, std::move(elements));
}

bool IsRepeatable(const TemplateValue& value) {
  return value.is(Kind::kString) || value.is(Kind::kList) || value.is(Kind::kTuple);
}

bool Contains(const TemplateValue& container, const TemplateValue& value) {
  if (container.is(Kind::kString)) {
    VFFN_CHECK(value.is(Kind::kString), "only a str can be in a str, not a ", TypeName(value));
    return container.text.find(value.text) != std::string::npos;
  }
  if (container.is(Kind::kDict)) {
    return value.is(Kind::kString) && FindKey(container, value.text) != nullptr;
  }
  VFFN_CHECK(container.IsSequence(), "the operator in is not defined for a ", TypeName(container));
  return std::ranges::any_of(*container.elements,
                             [&](const TemplateValue& element) { return AreEqual(element, value); });
}

/// A bound of a slice as an index from 0 to `length` (from -1 to `length` - 1 if the step is negative).
int64_t Bound(const TemplateValue& bound, int64_t otherwise, int64_t length, bool backwards) {
  if (bound.is(Kind::kNone)) {
    return otherwise;
  }
  VFFN_CHECK(bound.is(Kind::kInt), "a bound of a slice is a ", TypeName(bound), ", should be an int");
  const int64_t index = bound.integer < 0 ? bound.integer + length : bound.integer;
  return std::clamp<int64_t>(index, backwards ? -1 : 0, backwards ? length - 1 : length);
}

}  // namespace

TemplateValue ApplyArithmetic(const std::string& name, const TemplateValue& left,
                              const TemplateValue& right) {
  if (left.IsNumber() && right.IsNumber()) {
    return left.is(Kind::kFloat) || right.is(Kind::kFloat)
               ? RealArithmetic(name, AsReal(left), AsReal(right))
               : WholeArithmetic(name, AsWhole(left), AsWhole(right));
  }
  if (name == "+" && left.is(Kind::kString) && right.is(Kind::kString)) {
    return TemplateValue::String(left.text + right.text);
  }
  if (name == "+" && left.kind == right.kind && (left.is(Kind::kList) || left.is(Kind::kTuple))) {
    TemplateValue::Elements elements = *left.elements;
    elements.insert(elements.end(), right.elements->begin(), right.elements->end());
    return TemplateValue::Sequence(left.kind, std::move(elements));
  }
  if (name == "*" && IsRepeatable(left) && right.is(Kind::kInt)) {
    return Repeated(left, right.integer);
  }
  if (name == "*" && IsRepeatable(right) && left.is(Kind::kInt)) {
    return Repeated(right, left.integer);
  }
  RefuseTypes(name, left, right);
}

TemplateValue ApplySign(const std::string& name, const TemplateValue& value) {
  VFFN_CHECK(!value.is(Kind::kUndefined), value.text);
  VFFN_CHECK(value.IsNumber(), "a ", TypeName(value), " has no sign");
  return value.is(Kind::kFloat) ? TemplateValue::Float(name == "-" ? -value.real : value.real)
                                : WholeArithmetic(name, 0, AsWhole(value));
}

bool ApplyComparison(const std::string& name, const TemplateValue& left, const TemplateValue& right) {
  for (const TemplateValue* value : {&left, &right}) {
    VFFN_CHECK(!value->is(Kind::kUndefined), value->text);
  }
  if (name == "==" || name == "!=") {
    return AreEqual(left, right) == (name == "==");
  }
  if (name == "in" || name == "not in") {
    return Contains(right, left) == (name == "in");
  }
  return name == "<"   ? IsLess(left, right)
         : name == ">" ? IsLess(right, left)
                       : (name == "<=" ? IsLess(left, right) : IsLess(right, left)) || AreEqual(left, right);
}

TemplateValue ItemOf(const TemplateValue& container, const TemplateValue& index) {
  for (const TemplateValue* value : {&container, &index}) {
    VFFN_CHECK(!value->is(Kind::kUndefined), value->text);
  }
  if (container.is(Kind::kDict)) {
    const TemplateValue* value = index.is(Kind::kString) ? FindKey(container, index.text) : nullptr;
    return value != nullptr ? *value : TemplateValue::Undefined("there is no field " + PythonStr(index));
  }
  const bool text = container.is(Kind::kString);
  if ((!text && !container.IsSequence()) || (!index.is(Kind::kInt) && !index.is(Kind::kBool))) {
    return TemplateValue::Undefined("a " + TypeName(container) + " has no element " + PythonStr(index));
  }
  const int64_t length = Length(container);
  const int64_t place = AsWhole(index) < 0 ? AsWhole(index) + length : AsWhole(index);
  if (place < 0 || place >= length) {
    return TemplateValue::Undefined("there is no element " + PythonStr(index) + " of " +
                                    std::to_string(length));
  }
  return text ? ElementsOf(container)[static_cast<size_t>(place)]
              : (*container.elements)[static_cast<size_t>(place)];
}

TemplateValue SliceOf(const TemplateValue& container, const TemplateValue& start, const TemplateValue& stop,
                      const TemplateValue& step) {
  VFFN_CHECK(IsRepeatable(container), "a ", TypeName(container), " cannot be sliced");
  VFFN_CHECK(step.is(Kind::kNone) ||
                 (step.is(Kind::kInt) && step.integer != 0 && std::abs(step.integer) < 1'000'000),
             "the step of a slice should be an int, and not 0");
  const TemplateValue::Elements all = ElementsOf(container);
  const auto length = static_cast<int64_t>(all.size());
  const int64_t by = step.is(Kind::kNone) ? 1 : step.integer;
  const int64_t first = Bound(start, by > 0 ? 0 : length - 1, length, by < 0);
  const int64_t last = Bound(stop, by > 0 ? length : -1, length, by < 0);
  TemplateValue::Elements chosen;
  for (int64_t i = first; by > 0 ? i < last : i > last; i += by) {
    chosen.push_back(all[static_cast<size_t>(i)]);
  }
  if (!container.is(Kind::kString)) {
    return TemplateValue::Sequence(container.kind, std::move(chosen));
  }
  std::string text;
  for (const TemplateValue& character : chosen) {
    text += character.text;
  }
  return TemplateValue::String(std::move(text));
}

}  // namespace vffn
