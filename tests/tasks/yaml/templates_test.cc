// Templates against what Jinja makes of them (tests/golden/yaml_tasks).
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"
#include "base/line_file.h"
#include "tasks/jinja/python_literal.h"
#include "tasks/jinja/template.h"

namespace vffn {
namespace {

Json Golden() {
  LineFile file(VFFN_TESTS_DIR "/golden/yaml_tasks/templates.json.gz");
  return ParseJson(*file.Next(), "templates.json.gz");
}

TEST(Template, RendersAsJinja) {
  const Json golden = Golden();
  const TemplateValue common = ValueOfJson(golden["record"]);
  int texts = 0, errors = 0;
  for (const Json& test : golden["cases"]) {
    const std::string source = test["template"];
    const TemplateValue record = test.contains("record") ? ValueOfJson(test["record"]) : common;
    SCOPED_TRACE(source);
    if (test.contains("error")) {
      EXPECT_THROW(Template(source).Render(record), Error);
      ++errors;
      continue;
    }
    try {
      EXPECT_EQ(Template(source).Render(record), test["text"].get<std::string>());
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
    ++texts;
  }
  EXPECT_GT(texts, 170);
  EXPECT_GT(errors, 60);
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

TEST(Template, EvaluatesLongChains) {
  const TemplateValue record = TemplateValue::Dict({}, {}, /*ordered=*/true);
  EXPECT_EQ(Template("{{ 1" + Repeated("+1", 1900) + " }}").Render(record), "1901");
  EXPECT_EQ(Template("{{ ' x '" + Repeated("|trim", 1900) + " }}").Render(record), "x");
}

TEST(Template, RefusesWhatIsTooDeepOrTooLong) {
  const TemplateValue record = TemplateValue::Dict({}, {}, /*ordered=*/true);
  for (const std::string& expression :
       {"1" + Repeated("+1", 100000), "'x'" + Repeated("|trim", 100000), "1" + Repeated(" and 1", 9990),
        Repeated("(", 1500) + "1" + Repeated(")", 1500), Repeated("[", 100000) + Repeated("]", 100000)}) {
    EXPECT_THROW(Template("{{ " + expression + " }}"), Error) << expression.substr(0, 20);
  }
  EXPECT_THROW(Template(Repeated("{% if 1 %}", 700) + Repeated("{% endif %}", 700)), Error);
  const Template rounds("{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}");
  EXPECT_THROW(rounds.Render(record), Error);
}

}  // namespace
}  // namespace vffn
