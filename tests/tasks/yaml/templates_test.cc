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

}  // namespace
}  // namespace vffn
