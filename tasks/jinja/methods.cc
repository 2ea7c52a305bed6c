// Methods of values in templates.
#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "tasks/jinja/arguments.h"
#include "tasks/jinja/filters.h"
#include "text/python_methods.h"
#include "text/utf8.h"

namespace vffn {
namespace {

using Kind = TemplateValue::Kind;
using Method = TemplateValue (*)(const TemplateValue&, const CallArguments&);
using MethodTable = std::map<std::string, Method>;

constexpr int64_t kLongestRange = 1'000'000;

TemplateValue Text(std::string_view text) { return TemplateValue::String(std::string(text)); }

/// strip, lstrip and rstrip.
template <bool left, bool right>
TemplateValue Strip(const TemplateValue& object, const CallArguments& arguments) {
  const std::string call = "the method strip";
  VFFN_CHECK(arguments.named.empty(), call, " takes no named arguments");
  const auto bound = BindArguments(call, arguments, {"chars"});
  if (bound[0] && !bound[0]->is(Kind::kNone)) {
    return Text(PythonStripOf(object.text, TextArgument(call, *bound[0]), {.left = left, .right = right}));
  }
  if constexpr (left && right) {
    return Text(PythonStrip(object.text));
  }
  return Text(left ? PythonLStrip(object.text) : PythonRStrip(object.text));
}

TemplateValue Split(const TemplateValue& object, const CallArguments& arguments) {
  const std::string call = "the method split";
  const auto bound = BindArguments(call, arguments, {"sep", "maxsplit"});
  const int64_t maximum = bound[1] ? WholeArgument(call, *bound[1]) : kNoMaximum;
  TemplateValue::Elements parts;
  const bool at_space = !bound[0] || bound[0]->is(Kind::kNone);
  for (std::string& part : at_space ? PythonSplit(object.text, maximum)
                                    : PythonSplitAt(object.text, TextArgument(call, *bound[0]), maximum)) {
    parts.push_back(TemplateValue::String(std::move(part)));
  }
  return TemplateValue::Sequence(Kind::kList, std::move(parts));
}

template <std::string (*Change)(std::string_view)>
TemplateValue Recased(const TemplateValue& object, const CallArguments& arguments) {
  BindArguments("the method", arguments, {});
  return TemplateValue::String(Change(object.text));
}

TemplateValue ReplaceMethod(const TemplateValue& object, const CallArguments& arguments) {
  const std::string call = "the method replace";
  VFFN_CHECK(arguments.named.empty(), call, " takes no named arguments");
  const auto bound = BindArguments(call, arguments, {"old", "new", "count"}, 2);
  return TemplateValue::String(PythonReplace(object.text, TextArgument(call, *bound[0]),
                                             TextArgument(call, *bound[1]),
                                             bound[2] ? WholeArgument(call, *bound[2]) : kNoMaximum));
}

/// startswith and endswith, of a str or of a tuple of them.
template <bool start>
TemplateValue HasEnd(const TemplateValue& object, const CallArguments& arguments) {
  const std::string call = start ? "the method startswith" : "the method endswith";
  const auto bound = BindArguments(call, arguments, {"affix"}, 1);
  const auto fits = [&](const TemplateValue& affix) {
    const std::string& text = TextArgument(call, affix);
    return start ? object.text.starts_with(text) : object.text.ends_with(text);
  };
  return TemplateValue::Bool(bound[0]->is(Kind::kTuple) ? std::ranges::any_of(*bound[0]->elements, fits)
                                                        : fits(*bound[0]));
}

TemplateValue JoinMethod(const TemplateValue& object, const CallArguments& arguments) {
  const auto bound = BindArguments("the method join", arguments, {"iterable"}, 1);
  std::string text;
  bool first = true;
  for (const TemplateValue& element : ElementsOf(*bound[0])) {
    text.append(first ? "" : object.text).append(TextArgument("the method join", element));
    first = false;
  }
  return TemplateValue::String(std::move(text));
}

/// str.find and str.index, in characters.
template <bool must_be_there>
TemplateValue FindText(const TemplateValue& object, const CallArguments& arguments) {
  const auto bound = BindArguments("the method find", arguments, {"sub"}, 1);
  const std::string& part = TextArgument("the method find", *bound[0]);
  const size_t found = object.text.find(part);
  VFFN_CHECK(!must_be_there || found != std::string::npos, "the method index: there is no ",
             PythonRepr(std::string_view(part)), " in ", PythonRepr(std::string_view(object.text)));
  return TemplateValue::Int(
      found == std::string::npos ? -1 : static_cast<int64_t>(CountCodePoints(object.text.substr(0, found))));
}

TemplateValue CountText(const TemplateValue& object, const CallArguments& arguments) {
  const auto bound = BindArguments("the method count", arguments, {"sub"}, 1);
  const std::string& part = TextArgument("the method count", *bound[0]);
  return TemplateValue::Int(static_cast<int64_t>(part.empty() ? CountCodePoints(object.text) + 1
                                                              : PythonSplitAt(object.text, part).size() - 1));
}

TemplateValue IsDigits(const TemplateValue& object, const CallArguments& arguments) {
  BindArguments("the method isdigit", arguments, {});
  return TemplateValue::Bool(PythonIsDigit(object.text));
}

TemplateValue IndexOf(const TemplateValue& object, const CallArguments& arguments) {
  const auto bound = BindArguments("the method index", arguments, {"value"}, 1);
  for (size_t i = 0; i < object.elements->size(); ++i) {
    if (AreEqual((*object.elements)[i], *bound[0])) {
      return TemplateValue::Int(static_cast<int64_t>(i));
    }
  }
  Fail("the method index: ", PythonRepr(*bound[0]), " is not in ", PythonRepr(object));
}

TemplateValue CountOf(const TemplateValue& object, const CallArguments& arguments) {
  const auto bound = BindArguments("the method count", arguments, {"value"}, 1);
  return TemplateValue::Int(std::ranges::count_if(
      *object.elements, [&](const TemplateValue& element) { return AreEqual(element, *bound[0]); }));
}

TemplateValue Get(const TemplateValue& object, const CallArguments& arguments) {
  VFFN_CHECK(arguments.named.empty(), "the method get takes no named arguments");
  const auto bound = BindArguments("the method get", arguments, {"key", "default"}, 1);
  const TemplateValue* value = FindKey(object, TextArgument("the method get", *bound[0]));
  return value != nullptr ? *value : bound[1].value_or(TemplateValue());
}

/// keys, values and items of a dict.
template <bool with_keys, bool with_values>
TemplateValue Entries(const TemplateValue& object, const CallArguments& arguments) {
  BindArguments("the method", arguments, {});
  const TemplateValue::Elements keys = ElementsOf(object);  // refuses what has no known order
  TemplateValue::Elements entries;
  for (size_t i = 0; i < keys.size(); ++i) {
    if constexpr (with_keys && with_values) {
      entries.push_back(TemplateValue::Sequence(Kind::kTuple, {keys[i], (*object.elements)[i]}));
    } else {
      entries.push_back(with_keys ? keys[i] : (*object.elements)[i]);
    }
  }
  return TemplateValue::Sequence(Kind::kIterator, std::move(entries));
}

const MethodTable& TextMethods() {
  static const MethodTable table = {{"capitalize", Recased<PythonCapitalize>},
                                    {"count", CountText},
                                    {"endswith", HasEnd<false>},
                                    {"find", FindText<false>},
                                    {"index", FindText<true>},
                                    {"isdigit", IsDigits},
                                    {"join", JoinMethod},
                                    {"lower", Recased<PythonLower>},
                                    {"lstrip", Strip<true, false>},
                                    {"replace", ReplaceMethod},
                                    {"rstrip", Strip<false, true>},
                                    {"split", Split},
                                    {"startswith", HasEnd<true>},
                                    {"strip", Strip<true, true>},
                                    {"title", Recased<PythonTitle>},
                                    {"upper", Recased<PythonUpper>}};
  return table;
}

const MethodTable& SequenceMethods() {
  static const MethodTable table = {{"count", CountOf}, {"index", IndexOf}};
  return table;
}

const MethodTable& DictMethods() {
  static const MethodTable table = {{"get", Get},
                                    {"items", Entries<true, true>},
                                    {"keys", Entries<true, false>},
                                    {"values", Entries<false, true>}};
  return table;
}

/// Null if a value of that type has no methods here.
const MethodTable* MethodsOf(const TemplateValue& object) {
  return object.is(Kind::kString) ? &TextMethods()
         : object.IsSequence()    ? &SequenceMethods()
         : object.is(Kind::kDict) ? &DictMethods()
                                  : nullptr;
}

/// Whether Python's dict has a method of that name, which hides a field.
bool IsNameOfDict(const std::string& name) {
  static const std::set<std::string> names = {"clear", "copy",    "fromkeys",   "get",    "items", "keys",
                                              "pop",   "popitem", "setdefault", "update", "values"};
  return names.contains(name);
}

}  // namespace

void CheckMethodName(const std::string& name, int line) {
  const bool known =
      TextMethods().contains(name) || SequenceMethods().contains(name) || DictMethods().contains(name);
  std::set<std::string> names;
  for (const MethodTable* table : {&TextMethods(), &SequenceMethods(), &DictMethods()}) {
    for (const auto& [method, unused] : *table) {
      names.insert(method);
    }
  }
  std::string listing;
  for (const std::string& method : names) {
    listing.append(listing.empty() ? "" : ", ").append(method);
  }
  VFFN_CHECK(known, "line ", line, ": the method ", name, " is not supported here; there are ", listing);
}

TemplateValue CallMethod(const TemplateValue& object, const std::string& name,
                         const CallArguments& arguments) {
  VFFN_CHECK(!object.is(Kind::kUndefined), object.text);
  const MethodTable* methods = MethodsOf(object);
  VFFN_CHECK(methods != nullptr && methods->contains(name), "a ", TypeName(object), " has no method ", name);
  return methods->at(name)(object, arguments);
}

TemplateValue CallRange(const CallArguments& arguments) {
  VFFN_CHECK(arguments.named.empty(), "range takes no named arguments");
  const auto bound = BindArguments("range", arguments, {"start", "stop", "step"}, 1);
  const int64_t first = WholeArgument("range", *bound[0]);
  const int64_t start = bound[1] ? first : 0;
  const int64_t stop = bound[1] ? WholeArgument("range", *bound[1]) : first;
  const int64_t step = bound[2] ? WholeArgument("range", *bound[2]) : 1;
  VFFN_CHECK(step != 0, "range: the step is 0");
  VFFN_CHECK(
      std::abs(start) < kLongestRange && std::abs(stop) < kLongestRange && std::abs(step) < kLongestRange,
      "range: a number is above ", kLongestRange);
  TemplateValue::Elements numbers;
  for (int64_t number = start; step > 0 ? number < stop : number > stop; number += step) {
    numbers.push_back(TemplateValue::Int(number));
  }
  return TemplateValue::Sequence(Kind::kRange, std::move(numbers));
}

TemplateValue AttributeOf(const TemplateValue& object, const std::string& name) {
  VFFN_CHECK(!object.is(Kind::kUndefined), object.text);
  if (object.is(Kind::kDict)) {
    VFFN_CHECK(!IsNameOfDict(name), "the field ", name, " has the name of a method; write ['", name,
               "'] for the field");
    if (const TemplateValue* value = FindKey(object, name)) {
      return *value;
    }
    return TemplateValue::Undefined("there is no field " + name);
  }
  const MethodTable* methods = MethodsOf(object);
  VFFN_CHECK(methods == nullptr || !methods->contains(name), "the method ", name, " stands without ()");
  return TemplateValue::Undefined("a " + TypeName(object) + " has no field " + name);
}

}  // namespace vffn
