#include "tasks/jinja/filters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "base/error.h"
#include "tasks/jinja/arguments.h"
#include "text/python_methods.h"
#include "text/utf8.h"

namespace vffn {
namespace {

using Kind = TemplateValue::Kind;
using Filter = TemplateValue (*)(const TemplateValue&, const CallArguments&);

template <class Table>
std::string NamesIn(const Table& table) {
  std::string names;
  for (const auto& [name, unused] : table) {
    names.append(names.empty() ? "" : ", ").append(name);
  }
  return names;
}

TemplateValue Trim(const TemplateValue& input, const CallArguments& arguments) {
  const auto bound = BindArguments("the filter trim", arguments, {"chars"});
  const std::string text = PythonStr(input);
  if (bound[0] && !bound[0]->is(Kind::kNone)) {
    return TemplateValue::String(
        std::string(PythonStripOf(text, TextArgument("the filter trim", *bound[0]), {})));
  }
  return TemplateValue::String(std::string(PythonStrip(text)));
}

template <std::string (*Change)(std::string_view)>
TemplateValue Changed(const TemplateValue& input, const CallArguments& arguments) {
  BindArguments("the filter", arguments, {});
  return TemplateValue::String(Change(PythonStr(input)));
}

TemplateValue Replace(const TemplateValue& input, const CallArguments& arguments) {
  const std::string call = "the filter replace";
  const auto bound = BindArguments(call, arguments, {"old", "new", "count"}, 2);
  const bool all = !bound[2] || bound[2]->is(Kind::kNone);
  return TemplateValue::String(PythonReplace(PythonStr(input), PythonStr(*bound[0]), PythonStr(*bound[1]),
                                             all ? kNoMaximum : WholeArgument(call, *bound[2])));
}

TemplateValue Join(const TemplateValue& input, const CallArguments& arguments) {
  const auto bound = BindArguments("the filter join", arguments, {"d"});
  const std::string delimiter = bound[0] ? PythonStr(*bound[0]) : "";
  std::string text;
  bool first = true;
  for (const TemplateValue& element : ElementsOf(input)) {
    text.append(first ? "" : delimiter).append(PythonStr(element));
    first = false;
  }
  return TemplateValue::String(std::move(text));
}

TemplateValue LengthFilter(const TemplateValue& input, const CallArguments& arguments) {
  BindArguments("the filter length", arguments, {});
  return TemplateValue::Int(Length(input));
}

template <bool first>
TemplateValue End(const TemplateValue& input, const CallArguments& arguments) {
  BindArguments("the filter", arguments, {});
  VFFN_CHECK(first || !input.is(Kind::kIterator), "the last result of map cannot be taken; write |list|last");
  const TemplateValue::Elements elements = ElementsOf(input);
  return elements.empty() ? TemplateValue::Undefined("a sequence without elements has no first or last one")
         : first          ? elements.front()
                          : elements.back();
}

TemplateValue Default(const TemplateValue& input, const CallArguments& arguments) {
  const auto bound = BindArguments("the filter default", arguments, {"default_value", "boolean"});
  const bool also_false = bound[1] && IsTrue(*bound[1]);
  if (input.is(Kind::kUndefined) || (also_false && !IsTrue(input))) {
    return bound[0].value_or(TemplateValue::String(""));
  }
  return input;
}

/// int(text) or float(text) of Python, without underscores.
template <class Number>
std::optional<Number> NumberIn(const std::string& raw) {
  std::string_view text = PythonStrip(raw);
  const bool other_digits = std::ranges::any_of(PythonCharacters(text), [](const std::string& character) {
    return character == "_" || (character.size() > 1 && PythonIsDigit(character));
  });
  VFFN_CHECK(!other_digits, "the filters int and float read plain decimal numbers, not ", raw);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  VFFN_CHECK(error != std::errc::result_out_of_range, "the number ", raw, " has more than 64 bits");
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

TemplateValue WholeOfReal(double number, const TemplateValue& otherwise) {
  if (!std::isfinite(number)) {
    return otherwise;
  }
  VFFN_CHECK(std::abs(number) < 9e18, "the number ", number, " has more than 64 bits");
  return TemplateValue::Int(static_cast<int64_t>(number));
}

TemplateValue IntFilter(const TemplateValue& input, const CallArguments& arguments) {
  const auto bound = BindArguments("the filter int", arguments, {"default"});
  const TemplateValue otherwise = bound[0].value_or(TemplateValue::Int(0));
  switch (input.kind) {
    case Kind::kInt:
      return input;
    case Kind::kBool:
      return TemplateValue::Int(input.boolean ? 1 : 0);
    case Kind::kFloat:
      return WholeOfReal(input.real, otherwise);
    case Kind::kString: {
      if (const auto whole = NumberIn<int64_t>(input.text)) {
        return TemplateValue::Int(*whole);
      }
      const auto real = NumberIn<double>(input.text);
      return real ? WholeOfReal(*real, otherwise) : otherwise;
    }
    default:
      VFFN_CHECK(!input.is(Kind::kUndefined), input.text);
      return otherwise;
  }
}

TemplateValue FloatFilter(const TemplateValue& input, const CallArguments& arguments) {
  const auto bound = BindArguments("the filter float", arguments, {"default"});
  const TemplateValue otherwise = bound[0].value_or(TemplateValue::Float(0));
  switch (input.kind) {
    case Kind::kInt:
      return TemplateValue::Float(static_cast<double>(input.integer));
    case Kind::kBool:
      return TemplateValue::Float(input.boolean ? 1 : 0);
    case Kind::kFloat:
      return input;
    case Kind::kString: {
      const auto real = NumberIn<double>(input.text);
      return real ? TemplateValue::Float(*real) : otherwise;
    }
    default:
      VFFN_CHECK(!input.is(Kind::kUndefined), input.text);
      return otherwise;
  }
}

TemplateValue StringFilter(const TemplateValue& input, const CallArguments& arguments) {
  BindArguments("the filter string", arguments, {});
  return TemplateValue::String(PythonStr(input));
}

TemplateValue ListFilter(const TemplateValue& input, const CallArguments& arguments) {
  BindArguments("the filter list", arguments, {});
  return TemplateValue::Sequence(Kind::kList, ElementsOf(input));
}

TemplateValue Map(const TemplateValue& input, const CallArguments& arguments) {
  TemplateValue::Elements results;
  if (arguments.values.empty()) {
    const auto bound = BindArguments("the filter map", arguments, {"attribute"}, 1);
    const std::string name = TextArgument("the filter map", *bound[0]);
    VFFN_CHECK(name.find('.') == std::string::npos, "the filter map: write the name of one field, not ",
               name);
    for (const TemplateValue& element : ElementsOf(input)) {
      results.push_back(AttributeOf(element, name));
    }
  } else {
    const std::string name = TextArgument("the filter map", arguments.values.front());
    CallArguments others = arguments;
    others.values.erase(others.values.begin());
    for (const TemplateValue& element : ElementsOf(input)) {
      results.push_back(ApplyFilter(name, element, others));
    }
  }
  return TemplateValue::Sequence(Kind::kIterator, std::move(results));
}

const std::map<std::string, Filter>& FilterTable() {
  static const std::map<std::string, Filter> table = {{"capitalize", Changed<PythonCapitalize>},
                                                      {"count", LengthFilter},
                                                      {"d", Default},
                                                      {"default", Default},
                                                      {"first", End<true>},
                                                      {"float", FloatFilter},
                                                      {"int", IntFilter},
                                                      {"join", Join},
                                                      {"last", End<false>},
                                                      {"length", LengthFilter},
                                                      {"list", ListFilter},
                                                      {"lower", Changed<PythonLower>},
                                                      {"map", Map},
                                                      {"replace", Replace},
                                                      {"string", StringFilter},
                                                      {"trim", Trim},
                                                      {"upper", Changed<PythonUpper>}};
  return table;
}

const std::map<std::string, bool (*)(const TemplateValue&)>& TestTable() {
  static const std::map<std::string, bool (*)(const TemplateValue&)> table = {
      {"defined", [](const TemplateValue& value) { return !value.is(Kind::kUndefined); }},
      {"undefined", [](const TemplateValue& value) { return value.is(Kind::kUndefined); }},
      {"none", [](const TemplateValue& value) { return value.is(Kind::kNone); }},
      {"number", [](const TemplateValue& value) { return value.IsNumber(); }},
      {"string", [](const TemplateValue& value) { return value.is(Kind::kString); }}};
  return table;
}

}  // namespace

void CheckFilterName(const std::string& name, int line) {
  VFFN_CHECK(FilterTable().contains(name), "line ", line, ": the filter ", name,
             " is not supported here; there are ", NamesIn(FilterTable()));
}

void CheckTestName(const std::string& name, int line) {
  VFFN_CHECK(TestTable().contains(name), "line ", line, ": the test ", name,
             " is not supported here; there are ", NamesIn(TestTable()));
}

TemplateValue ApplyFilter(const std::string& name, const TemplateValue& input,
                          const CallArguments& arguments) {
  const auto filter = FilterTable().find(name);
  VFFN_CHECK(filter != FilterTable().end(), "the filter ", name, " is not supported here; there are ",
             NamesIn(FilterTable()));
  return filter->second(input, arguments);
}

bool ApplyTest(const std::string& name, const TemplateValue& input) { return TestTable().at(name)(input); }

}  // namespace vffn
