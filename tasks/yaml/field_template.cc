#include "tasks/yaml/field_template.h"

#include "base/error.h"
#include "tasks/jinja/python_literal.h"
#include "text/python_methods.h"

namespace vffn {
namespace {

using Kind = TemplateValue::Kind;

/// An int of a text of digits, as ast.literal_eval reads it.
TemplateValue DigitsAsInt(const std::string& text) {
  const TemplateValue value = ParsePythonLiteral(text);
  VFFN_CHECK(value.is(Kind::kInt), "the digits ", text, " are not a whole number");
  return value;
}

TemplateValue ListOf(const YamlValue& value) {
  TemplateValue::Elements elements;
  for (const YamlValue& element : value.list) {
    VFFN_CHECK(element.is(YamlValue::Kind::kText), element.Place(), ": a choice is ", YamlTypeName(element),
               "; put it in quotes to make it a text");
    elements.push_back(TemplateValue::String(element.text));
  }
  return TemplateValue::Sequence(Kind::kList, std::move(elements));
}

}  // namespace

TemplateDoc::TemplateDoc(const Doc& source, const std::set<std::string>& columns,
                         const std::set<std::string>& all_names)
    : doc(source), names(all_names) {
  TemplateValue::Elements values;
  for (const std::string& column : columns) {
    const auto found = doc.fields().find(column);
    values.push_back(found == doc.fields().end() ? TemplateValue() : ValueOfJson(*found));
  }
  record = TemplateValue::Dict({columns.begin(), columns.end()}, std::move(values), /*ordered=*/false);
}

FieldTemplate::FieldTemplate(std::string key, const YamlValue& value) : key_(std::move(key)), value_(value) {
  using Yaml = YamlValue::Kind;
  if (value.is(Yaml::kMap)) {  // the harness takes its values
    value_.kind = Yaml::kList;
    for (const auto& [name, choice] : value.map) {
      value_.list.push_back(choice);
    }
  }
  VFFN_CHECK(value_.is(Yaml::kText) || value_.is(Yaml::kInt) || value_.is(Yaml::kList), value.Place(), ": ",
             key_, " is ", YamlTypeName(value),
             value.is(Yaml::kTagged)
                 ? ": functions of Python are not run; write it as a template"
                 : "; it should be a template, the name of a column, a whole number or a list");
  VFFN_CHECK(key_ == "doc_to_choice" || !value_.is(Yaml::kList), value.Place(), ": ", key_,
             " is a list; several right answers are not supported");
  VFFN_CHECK(key_ != "doc_to_choice" || !value_.is(Yaml::kInt), value.Place(),
             ": doc_to_choice should be a template, the name of a column or a list");
  if (value_.is(Yaml::kList)) {
    ListOf(value_);  // checks the types
  } else if (value_.is(Yaml::kText)) {
    try {
      template_ = std::make_shared<const Template>(value_.text);
    } catch (const Error& error) {
      Fail(value.Place(), ": ", key_, ", ", error.what());
    }
  }
}

template <class Work>
auto FieldTemplate::Placed(const TemplateDoc& doc, const Work& work) const {
  try {
    return work();
  } catch (const Error& error) {
    Fail(doc.doc.origin(), ": ", key_, " (", value_.Place(), "), ", error.what());
  }
}

std::optional<TemplateValue> FieldTemplate::Column(const TemplateDoc& doc) const {
  if (!doc.names.contains(value_.text)) {
    return std::nullopt;
  }
  const TemplateValue* column = FindKey(doc.record, value_.text);
  VFFN_CHECK(column != nullptr, "the record has no field ", value_.text);
  return *column;
}

std::string FieldTemplate::Rendered(const TemplateDoc& doc) const { return template_->Render(doc.record); }

TemplateValue FieldTemplate::Text(const TemplateDoc& doc, bool has_choices) const {
  return Placed(doc, [&] {
    if (value_.is(YamlValue::Kind::kInt)) {
      return TemplateValue::Int(value_.integer);
    }
    if (auto column = Column(doc)) {
      return *std::move(column);
    }
    std::string text = Rendered(doc);
    return has_choices && PythonIsDigit(text) ? DigitsAsInt(text) : TemplateValue::String(std::move(text));
  });
}

TemplateValue FieldTemplate::Target(const TemplateDoc& doc, bool has_choices) const {
  const TemplateValue target = Text(doc, has_choices);
  const bool rendered = value_.is(YamlValue::Kind::kText) && !doc.names.contains(value_.text);
  if (rendered && target.is(Kind::kString) && target.text.size() >= 2 && target.text.front() == '[' &&
      target.text.back() == ']') {
    try {
      return ParsePythonLiteral(target.text);
    } catch (const Error&) {
      return target;  // as the harness: not a list after all
    }
  }
  return target;
}

std::vector<std::string> FieldTemplate::Choices(const TemplateDoc& doc) const {
  return Placed(doc, [&] {
    TemplateValue choices;
    if (value_.is(YamlValue::Kind::kList)) {
      choices = ListOf(value_);
    } else if (auto column = Column(doc)) {
      choices = *std::move(column);
    } else {
      choices = ParsePythonLiteral(Rendered(doc));
    }
    VFFN_CHECK(choices.is(Kind::kList) || choices.is(Kind::kTuple), "the choices are a ", TypeName(choices),
               ", should be a list");
    VFFN_CHECK(!choices.elements->empty(), "there are no choices");
    std::vector<std::string> texts;
    for (const TemplateValue& choice : *choices.elements) {
      VFFN_CHECK(choice.is(Kind::kString), "choice ", texts.size(), " (from 0) is a ", TypeName(choice),
                 ", should be a text");
      texts.push_back(choice.text);
    }
    return texts;
  });
}

std::string FieldTemplate::Description(const TemplateDoc& doc) const {
  return Placed(doc, [&]() -> std::string {
    if (const auto column = Column(doc)) {
      VFFN_CHECK(column->is(Kind::kString), "the column is a ", TypeName(*column), ", should be a text");
      return column->text;
    }
    return Rendered(doc);
  });
}

}  // namespace vffn
