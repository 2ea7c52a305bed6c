#include "tasks/yaml/yaml_rendering.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/sha256.h"
#include "tasks/yaml/task_data.h"

namespace vffn {
namespace {

using Kind = TemplateValue::Kind;

/// Solved examples to choose from.
struct ShotPool {
  std::vector<Doc> docs;
  std::set<std::string> columns;  ///< empty: each doc has those that it has
  std::string sha256;
};

ShotPool OpenShots(const YamlTask& task, const std::filesystem::path& data_dir) {
  if (task.shots == 0) {
    return {};
  }
  if (!task.shots_split && !task.samples.empty()) {
    return {.docs = task.samples};  // their text is part of the task file
  }
  const std::string split = task.shots_split.value_or(task.shots_fallback);
  DataSet data =
      OpenYamlSplit(task, split, data_dir, split == task.split ? SplitUse::kScored : SplitUse::kSolved,
                    Completeness::kPart);
  std::set<std::string> columns = ColumnsOf(data.docs);
  return {.docs = std::move(data.docs), .columns = std::move(columns), .sha256 = std::move(data.sha256)};
}

class Renderer {
 public:
  Renderer(const YamlTask& task, const std::vector<Doc>& docs, const ShotPool& shots)
      : task_(task), columns_(ColumnsOf(docs)), shots_(shots) {
    if (task.output == YamlOutput::kMultipleChoice) {
      // As the harness: the first doc tells.
      contexts_are_choices_ = task.prompt.text.Text(Of(docs.front()), true).is(Kind::kInt);
      VFFN_CHECK(!contexts_are_choices_ || task.metrics.reported == std::vector<std::string>{"acc"},
                 docs.front().origin(),
                 ": doc_to_text gives the index of the right one of several contexts; "
                 "only the metric acc is supported then");
    }
  }

  Example Render(const Doc& doc) const {
    const TemplateDoc record = Of(doc);
    Example example{.doc_id = doc.doc_id()};
    switch (task_.output) {
      case YamlOutput::kMultipleChoice:
        contexts_are_choices_ ? Contexts(record, example) : Continuations(record, example);
        break;
      case YamlOutput::kLikelihood:
        example.choices = {{.context = Beginning(doc) + Question(task_.prompt, record),
                            .continuation = TargetText(record),
                            .delimiter = 0}};
        break;
      case YamlOutput::kRolling:
        example.choices = {{.continuation = TargetText(record), .delimiter = 0}};
        example.rolling = true;
        break;
    }
    for (const Choice& choice : example.choices) {
      VFFN_CHECK(!choice.continuation.empty(), doc.origin(), ": the text to score is empty");
    }
    return example;
  }

 private:
  TemplateDoc Of(const Doc& doc) const { return {doc, columns_, columns_}; }

  void Continuations(const TemplateDoc& record, Example& example) const {
    const std::string context = Beginning(record.doc) + Question(task_.prompt, record);
    const std::vector<std::string> choices = task_.prompt.choices->Choices(record);
    for (const std::string& choice : choices) {
      AddChoice(context, choice, example);
    }
    example.gold = Gold(record.doc, task_.prompt.target.Target(record, true), choices, "doc_to_target");
  }

  /// doc_to_text is the index of the right context, doc_to_target the continuation of all.
  void Contexts(const TemplateDoc& record, Example& example) const {
    const std::string beginning = Beginning(record.doc);
    const std::vector<std::string> contexts = task_.prompt.choices->Choices(record);
    const TemplateValue target = task_.prompt.target.Target(record, true);
    VFFN_CHECK(!target.is(Kind::kList), record.doc.origin(),
               ": doc_to_target gives a list, should give a text");
    for (const std::string& context : contexts) {
      AddChoice(beginning + context, PythonStr(target), example);
    }
    example.gold = Gold(record.doc, task_.prompt.text.Text(record, true), contexts, "doc_to_text");
  }

  void AddChoice(const std::string& context, const std::string& answer, Example& example) const {
    const std::string& delimiter = task_.prompt.target_delimiter;
    example.choices.push_back(
        {.context = context, .continuation = delimiter + answer, .delimiter = delimiter.size()});
    if (std::ranges::find(task_.metrics.reported, "acc_mutual_info") != task_.metrics.reported.end()) {
      example.unconditional.push_back(example.choices.back());
      example.unconditional.back().context.clear();
    }
  }

  static int Gold(const Doc& doc, const TemplateValue& gold, const std::vector<std::string>& choices,
                  const char* key) {
    int64_t index = -1;
    if (gold.is(Kind::kString)) {
      index = std::ranges::find(choices, gold.text) - choices.begin();
    } else if (gold.is(Kind::kInt) || gold.is(Kind::kBool)) {
      index = gold.is(Kind::kInt) ? gold.integer : gold.boolean;
    } else {
      Fail(doc.origin(), ": ", key, " gives a ", TypeName(gold),
           ", should give an index or the text of a choice",
           gold.is(Kind::kList) ? "; several right answers are not supported" : "");
    }
    VFFN_CHECK(index >= 0 && index < static_cast<int64_t>(choices.size()), doc.origin(), ": ", key, " gives ",
               PythonRepr(gold), ", which is none of the ", choices.size(), " choices");
    return static_cast<int>(index);
  }

  std::string TargetText(const TemplateDoc& record) const {
    const TemplateValue target = task_.prompt.target.Target(record, task_.prompt.choices.has_value());
    VFFN_CHECK(target.is(Kind::kString), record.doc.origin(), ": doc_to_target gives a ", TypeName(target),
               ", should give a text");
    return target.text;
  }

  std::string Question(const YamlPrompt& prompt, const TemplateDoc& record) const {
    const TemplateValue text = prompt.text.Text(record, task_.prompt.choices.has_value());
    VFFN_CHECK(text.is(Kind::kString), record.doc.origin(), ": doc_to_text gives a ", TypeName(text),
               ", should give a text");
    return text.text;
  }

  /// The description and the solved examples.
  std::string Beginning(const Doc& doc) const {
    std::string text = task_.description ? task_.description->Description(Of(doc)) : "";
    const bool may_repeat = task_.shots_split.value_or("") != task_.test_split;
    int64_t taken = 0;
    for (const Doc& shot : shots_.docs) {
      if (taken == task_.shots) {
        break;
      }
      if (may_repeat || shot.fields() != doc.fields()) {
        text += Solved(shot);
        ++taken;
      }
    }
    VFFN_CHECK(taken == task_.shots, doc.origin(), ": num_fewshot is ", task_.shots, ", but there are only ",
               taken, " solved examples");
    return text;
  }

  std::string Solved(const Doc& shot) const {
    const YamlPrompt& prompt = task_.solved;
    const TemplateDoc record(shot, shots_.columns.empty() ? ColumnsOf({shot}) : shots_.columns, columns_);
    const TemplateValue answer = prompt.target.Target(record, task_.prompt.choices.has_value());
    std::vector<std::string> choices;
    if (prompt.choices) {
      choices = prompt.choices->Choices(record);
    }
    std::string question;
    if (contexts_are_choices_) {
      const TemplateValue index = prompt.text.Text(record, true);
      question = choices.at(static_cast<size_t>(Gold(shot, index, choices, "doc_to_text")));
      choices.clear();
    } else {
      question = Question(prompt, record);
    }
    const std::string text = AnswerText(shot, answer, choices);
    return text.empty() && answer.is(Kind::kString)
               ? question
               : question + prompt.target_delimiter + text + prompt.fewshot_delimiter;
  }

  static std::string AnswerText(const Doc& shot, const TemplateValue& answer,
                                const std::vector<std::string>& choices) {
    const bool index = answer.is(Kind::kInt) || answer.is(Kind::kBool);
    if (!choices.empty() && index) {
      return choices[static_cast<size_t>(Gold(shot, answer, choices, "doc_to_target"))];
    }
    const bool listed = answer.is(Kind::kList) && !answer.elements->empty();
    const TemplateValue& text = listed ? answer.elements->front() : answer;
    VFFN_CHECK(text.is(Kind::kString), shot.origin(), ": the answer of a solved example is a ",
               TypeName(text), ", should be a text");
    return text.text;
  }

  const YamlTask& task_;
  const std::set<std::string> columns_;
  const ShotPool& shots_;
  bool contexts_are_choices_ = false;
};

}  // namespace

RenderedTask RenderYamlTask(const YamlTask& task, const std::filesystem::path& data_dir,
                            const YamlLimit& limit) {
  const DataSet data = OpenYamlSplit(task, task.split, data_dir, SplitUse::kScored, limit.completeness);
  const ShotPool shots = OpenShots(task, data_dir);
  Sha256 hash;
  hash.Update(task.texts);
  hash.Update(data.sha256);
  hash.Update(shots.sha256);
  RenderedTask rendered{.name = task.name,
                        .split = task.split,
                        .data_sha256 = hash.Hex(),
                        .data_set_size = static_cast<int64_t>(data.docs.size()),
                        .metrics = task.metrics,
                        .shots = task.output == YamlOutput::kRolling ? 0 : task.shots};
  const Renderer renderer(task, data.docs, shots);
  for (const Doc& doc :
       std::span(data.docs).first(static_cast<size_t>(limit.count(rendered.data_set_size)))) {
    rendered.examples.push_back(renderer.Render(doc));
    rendered.docs.push_back(doc.fields());
  }
  return rendered;
}

}  // namespace vffn
