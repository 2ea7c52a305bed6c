// doc_to_text, doc_to_target and doc_to_choice of a task file.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tasks/doc.h"
#include "tasks/jinja/template.h"
#include "tasks/yaml/yaml_value.h"

namespace vffn {

/// A doc and what the templates need of it.
struct TemplateDoc {
  /// `columns` of the doc's own data set: those that the doc lacks are null, as `datasets` reads them.
  TemplateDoc(const Doc& doc, const std::set<std::string>& columns, const std::set<std::string>& names);

  const Doc& doc;
  TemplateValue record;
  const std::set<std::string>& names;  ///< the columns of the docs that are scored: no templates
};

/// The name of a column, a template, a whole number, or a list of texts.
class FieldTemplate {
 public:
  /// Throws Error, naming the place, if the value is of another type or the template has an error.
  FieldTemplate(std::string key, const YamlValue& value);

  // The values, as the methods of that name of the harness's ConfigurableTask. Each throws Error, naming the
  // doc, the file, the key and the line, if rendering fails or the result is none of those types.

  /// doc_to_text: a str or an int. Digits alone are an int if the task has choices.
  TemplateValue Text(const TemplateDoc& doc, bool has_choices) const;

  /// doc_to_target: a str, an int or a list. Digits alone are an int if the task has choices.
  TemplateValue Target(const TemplateDoc& doc, bool has_choices) const;

  /// doc_to_choice: a list of texts.
  std::vector<std::string> Choices(const TemplateDoc& doc) const;

  /// The description: a text; the column of the doc itself comes before the template.
  std::string Description(const TemplateDoc& doc) const;

 private:
  std::string Rendered(const TemplateDoc& doc) const;
  std::optional<TemplateValue> Column(const TemplateDoc& doc) const;
  template <class Work>
  auto Placed(const TemplateDoc& doc, const Work& work) const;

  std::string key_;
  YamlValue value_;
  std::shared_ptr<const Template> template_;  ///< of a text
};

}  // namespace vffn
