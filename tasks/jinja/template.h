// Templates of Jinja, as lm-evaluation-harness renders those of its task files.
#pragma once

#include <string>
#include <string_view>

#include "tasks/jinja/syntax_tree.h"

namespace vffn {

/// A subset of Jinja 3.1 (docs/yaml_tasks.md describes it) with the settings of the harness: undefined names
/// are errors (StrictUndefined), the line end at the end of a template stays, and white space around tags
/// stays but for {%- and -%}. What is not part of the subset is refused and never approximated.
class Template {
 public:
  /// Throws Error, beginning with "line N: " of the template.
  explicit Template(std::string_view source) : body_(ParseSource(source)) {}

  /// The text of a record, whose fields are the template's variables (a dict). Throws Error, beginning with
  /// "line N: " of the template, where Python would raise an exception, and on numbers of more than 64 bits.
  std::string Render(const TemplateValue& record) const;

 private:
  static TemplateBody ParseSource(std::string_view source);

  TemplateBody body_;
};

}  // namespace vffn
