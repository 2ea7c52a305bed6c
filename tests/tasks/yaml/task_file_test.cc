// Errors of task files: what, where, and what to do; and how they are found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "base/error.h"
#include "base/line_file.h"
#include "tasks/yaml/task_collection.h"
#include "tasks/yaml/yaml_rendering.h"
#include "tests/base/temporary_folder.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

namespace fs = std::filesystem;

constexpr std::string_view kTask = R"(task: mine
dataset_path: json
dataset_kwargs:
  data_files:
    test: docs.jsonl
test_split: test
output_type: multiple_choice
doc_to_text: "{{q}}"
doc_to_choice: "{{options}}"
doc_to_target: answer
)";

class TaskFiles : public testing::Test {
 protected:
  fs::path Write(const std::string& name, std::string_view text) const {
    const fs::path path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  RenderedTask Render(std::string_view yaml, std::string_view docs) const {
    Write("docs.jsonl", docs);
    return RenderYamlTask(ReadYamlTask(Write("mine.yaml", yaml)), folder_.path(),
                          {.count = [](int64_t count) { return count; }});
  }

  std::string Message(std::string_view yaml,
                      std::string_view docs = R"({"q":"a","options":["b","c"],"answer":1})") const {
    return MessageOf([&] { Render(yaml, docs); });
  }

  /// The task with a line more, or another one in place of that which begins so.
  static std::string With(const std::string& line, const std::string& instead_of = "\n") {
    std::string text(kTask);
    const size_t begin = text.find(instead_of);
    if (instead_of == "\n") {
      return text + line + "\n";
    }
    return text.replace(begin, text.find('\n', begin) - begin, line);
  }

  TemporaryFolder folder_;
};

TEST_F(TaskFiles, AreRendered) {
  const RenderedTask task = Render(kTask, R"({"q":"Why?","options":["b","c"],"answer":1})");
  ASSERT_EQ(task.examples.size(), 1U);
  EXPECT_EQ(task.examples[0].choices[1], (Choice{"Why?", " c", 1}));
  EXPECT_EQ(task.examples[0].gold, 1);
  EXPECT_EQ(task.metrics.primary, "acc");
  EXPECT_THAT(task.metrics.reported, ElementsAre("acc", "acc_norm"));
}

TEST_F(TaskFiles, NameTheKeyAndTheLineThatTheyRefuse) {
  EXPECT_THAT(Message(With("process_docs: !function utils.process")),
              AllOf(HasSubstr("mine.yaml: line 11: process_docs is not supported"),
                    HasSubstr("prepare the data set")));
  EXPECT_THAT(
      Message(With("doc_to_text: !function utils.f", "doc_to_text")),
      AllOf(HasSubstr("line 8: doc_to_text is !function utils.f"), HasSubstr("write it as a template")));
  EXPECT_THAT(Message(With("process_results: x")), HasSubstr("line 11: process_results is not supported"));
  EXPECT_THAT(Message(With("gen_prefix: 'A:'")), HasSubstr("write it at the end of doc_to_text"));
  EXPECT_THAT(Message(With("repeats: 2")), HasSubstr("line 11: repeats is not supported"));
  EXPECT_THAT(Message(With("filter_list:\n- name: x")), HasSubstr("filter_list is not supported"));
  EXPECT_THAT(Message(With("doc_to_txt: x")), HasSubstr("line 11: there is no key doc_to_txt"));
  EXPECT_THAT(Message(With("output_type: generate_until", "output_type")),
              HasSubstr("output_type is generate_until"));
  EXPECT_THAT(Message(With("num_fewshot: 2")),
              AllOf(HasSubstr("line 11: the sampler is default"), HasSubstr("first_n")));
  EXPECT_THAT(Message(With("num_fewshot: two")),
              HasSubstr("num_fewshot is a text, should be a whole number"));
  EXPECT_THAT(Message(With("metric_list:\n- metric: f1")),
              HasSubstr("line 12: the metric f1 is not supported here"));
  EXPECT_THAT(Message(With("metric_list:\n- metric: acc\n  aggregation: max")),
              HasSubstr("acc is aggregated by mean, not by max"));
  EXPECT_THAT(Message(With("doc_to_choice: [no, yes]", "doc_to_choice")),
              HasSubstr("line 9: a choice is a boolean (no); put it in quotes"));
  EXPECT_THAT(Message(With("task: 12", "task")), HasSubstr("line 1: task is a number (12)"));
  EXPECT_THAT(Message(With("test_split: null", "test_split")),
              HasSubstr("neither test_split nor validation_split"));
  EXPECT_THAT(Message(With("test_split: test[:5]", "test_split")),
              HasSubstr("parts of splits are not supported"));
  EXPECT_THAT(Message(With("test_split: dev", "test_split")),
              HasSubstr("data_files has no split dev, only test"));
  EXPECT_THAT(Message(With("    test: no.jsonl", "    test")), HasSubstr("data_files: there is no file"));
}

TEST_F(TaskFiles, NameTheLineOfBrokenYaml) {
  EXPECT_THAT(Message("task: [a\nb: c"), HasSubstr("mine.yaml: line 2: not valid YAML: ] is missing"));
  EXPECT_THAT(Message(With("task: other")), HasSubstr("line 11: the key task is there twice"));
  EXPECT_THAT(Message("- a\n- b\n"), HasSubstr("should be one YAML mapping"));
  EXPECT_THAT(Message(""), HasSubstr("should be one YAML mapping"));
  EXPECT_THAT(Message("task: \"\xff\""), HasSubstr("byte 7 is not UTF-8"));
  EXPECT_THAT(Message("a: &x [*x]"), HasSubstr("nested too deeply"));
  EXPECT_THAT(Message("<<: {task: a}"), HasSubstr("merge key"));
  EXPECT_THAT(Message(std::string(3000, '[')), HasSubstr("mine.yaml"));
}

TEST_F(TaskFiles, NameTheTemplateThatFails) {
  EXPECT_THAT(Message(With("doc_to_text: '{{q'", "doc_to_text")),
              HasSubstr("mine.yaml: line 8: doc_to_text, line 1: the tag has no end"));
  EXPECT_THAT(Message(With("doc_to_text: '{{q|sort}}'", "doc_to_text")),
              HasSubstr("the filter sort is not supported here; there are capitalize"));
  EXPECT_THAT(Message(With("doc_to_text: '{{q.format(1)}}'", "doc_to_text")),
              HasSubstr("the method format is not supported"));
  EXPECT_THAT(Message(With("doc_to_text: '{% macro x() %}{% endmacro %}'", "doc_to_text")),
              HasSubstr("{% macro %} is not supported"));
  EXPECT_THAT(Message(With("doc_to_text: '{{lipsum()}}'", "doc_to_text")),
              HasSubstr("the function lipsum is not supported"));
  EXPECT_THAT(Message(With("doc_to_text: '{{title}}'", "doc_to_text")),
              AllOf(HasSubstr("docs.jsonl:1"), HasSubstr("doc_to_text"), HasSubstr("mine.yaml: line 8"),
                    HasSubstr("the record has no field title")));
  EXPECT_THAT(Message(With("doc_to_choice: '{{q}}'", "doc_to_choice")), HasSubstr("not a Python literal"));
  EXPECT_THAT(Message(With("doc_to_choice: '{{[1, 2]}}'", "doc_to_choice")),
              HasSubstr("choice 0 (from 0) is a int, should be a text"));
}

TEST_F(TaskFiles, NameTheDocWhoseAnswerIsWrong) {
  EXPECT_THAT(Message(kTask, R"({"q":"a","options":["b"],"answer":1})"),
              HasSubstr("doc_to_target gives 1, which is none of the 1 choices"));
  EXPECT_THAT(Message(kTask, R"({"q":"a","options":["b"],"answer":-1})"), HasSubstr("gives -1"));
  EXPECT_THAT(Message(kTask, R"({"q":"a","options":["b"],"answer":"c"})"),
              HasSubstr("gives 'c', which is none"));
  EXPECT_THAT(Message(kTask, R"({"q":"a","options":["b"],"answer":[0]})"),
              HasSubstr("several right answers are not supported"));
  EXPECT_THAT(Message(kTask, R"({"q":"a","options":["b"],"answer":null})"), HasSubstr("gives a null"));
  EXPECT_THAT(Message(kTask, R"({"q":1,"options":["b"],"answer":0})"),
              HasSubstr("only the metric acc is supported then"));
  EXPECT_THAT(Message(kTask, "{\"q\":"), HasSubstr("docs.jsonl:1"));
  EXPECT_THAT(Message(kTask, ""), HasSubstr("no records"));
}

TEST_F(TaskFiles, RefuseToIncludeThemselves) {
  Write("other.yaml", "include: mine.yaml\n");
  EXPECT_THAT(Message("include: other.yaml\n"), HasSubstr("includes itself"));
  EXPECT_THAT(Message("include: absent.yaml\n"), HasSubstr("line 1: include: there is no file"));
}

TEST_F(TaskFiles, InheritWhatTheyInclude) {
  Write("base_yaml", kTask);
  const RenderedTask task = Render("include: base_yaml\ntask: child\ntarget_delimiter: ''\n",
                                   R"({"q":"a","options":["b"],"answer":0})");
  EXPECT_EQ(task.name, "child");
  EXPECT_EQ(task.examples[0].choices[0], (Choice{"a", "b", 0}));
}

TEST_F(TaskFiles, AreFoundByNameTagAndGroup) {
  Write("a.yaml", With("tag: [easy, both]"));
  Write("b.yaml", With("task: other", "task") + "tag: both\n");
  Write("c.yaml", "group: everything\ntask: [easy, other]\n");
  Write("d.yaml", "task: [");
  const YamlCollection found = FindYamlTasks(folder_.path());
  ASSERT_EQ(found.tasks.size(), 2U);
  EXPECT_EQ(found.tasks[0].name, "mine");
  EXPECT_THAT(found.tasks[0].groups, UnorderedElementsAre("easy", "both", "everything"));
  EXPECT_THAT(found.tasks[1].groups, UnorderedElementsAre("both", "everything"));
  EXPECT_THAT(found.problems, ElementsAre(HasSubstr("d.yaml: line")));
  EXPECT_EQ(YamlTasksOf(folder_.path() / "c.yaml").size(), 2U);
  Write("e.yaml", "group: g\ntask: [nobody]\n");
  EXPECT_THAT(MessageOf([&] { YamlTasksOf(folder_.path() / "e.yaml"); }),
              HasSubstr("has a task, group or tag nobody"));
}

TEST_F(TaskFiles, NeverCrash) {
  std::mt19937 random(14);
  const std::string pieces = "{}[]%'\"\\:-|#~ \n\tq!&*?0.,()xif";
  for (int i = 0; i < 1000; ++i) {
    std::string yaml(kTask);
    for (int edits = 1 + i % 4; edits > 0; --edits) {
      const size_t place = random() % yaml.size();
      if (random() % 2 == 0) {
        yaml.erase(place, 1 + random() % 5);
      } else {
        yaml.insert(place, 1, pieces[random() % pieces.size()]);
      }
    }
    try {
      Render(yaml, R"({"q":"a","options":["b","c"],"answer":1})");
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::AnyOf(HasSubstr("mine.yaml"), HasSubstr("docs.jsonl"),
                                               HasSubstr(folder_.path().string())));
    }
  }
}

}  // namespace
}  // namespace vffn
