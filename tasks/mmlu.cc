// MMLU in OLMo's in-loop evaluator: four parts of its 57 subjects, with several prompts, splits and metrics.
#include <array>
#include <deque>
#include <map>
#include <utility>

#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"
#include "text/python_methods.h"
#include "text/utf8.h"

namespace vffn {
namespace {

constexpr size_t kShots = 5;
constexpr std::array<const char*, 4> kLetters = {"A", "B", "C", "D"};

struct Part {
  std::string_view name;
  std::vector<std::string_view> subjects;  ///< in OLMo's order
  int64_t validation_docs = 0, test_docs = 0;
};

std::vector<Part> Parts() {
  return {{"stem",
           {"astronomy", "college_physics", "conceptual_physics", "high_school_physics", "college_chemistry",
            "high_school_chemistry", "college_biology", "high_school_biology", "college_computer_science",
            "computer_security", "high_school_computer_science", "machine_learning", "abstract_algebra",
            "college_mathematics", "elementary_mathematics", "high_school_mathematics",
            "high_school_statistics", "electrical_engineering"},
           321,
           3018},
          {"humanities",
           {"high_school_european_history", "high_school_us_history", "high_school_world_history",
            "prehistory", "formal_logic", "logical_fallacies", "moral_disputes", "moral_scenarios",
            "philosophy", "world_religions", "international_law", "jurisprudence", "professional_law"},
           518,
           4705},
          {"social_sciences",
           {"high_school_government_and_politics", "public_relations", "security_studies",
            "us_foreign_policy", "human_sexuality", "sociology", "econometrics", "high_school_macroeconomics",
            "high_school_microeconomics", "high_school_geography", "high_school_psychology",
            "professional_psychology"},
           337,
           3077},
          {"other",
           {"global_facts", "miscellaneous", "professional_accounting", "business_ethics", "management",
            "marketing", "anatomy", "clinical_knowledge", "college_medicine", "human_aging",
            "medical_genetics", "nutrition", "professional_medicine", "virology"},
           355,
           3242}};
}

/// What stands before a question.
enum class Before {
  kNothing,
  kFiveSolved,  ///< an instruction and five solved questions of the subject
  kVariations,  ///< seven prompts: nothing; the instruction; and with 1, 2, ... 5 solved questions
};

struct Variant {
  std::string_view suffix;                ///< of the names: "mmlu_stem" + suffix
  std::vector<std::string_view> aliases;  ///< other suffixes
  bool test = false;                      ///< of the test split
  Before before = Before::kNothing;
  bool letters = false;       ///< the choices stand in the prompt, and their letters are scored
  bool right_answer = false;  ///< scored alone
};

/// OLMo's labels. Those with "bpb_var" have the prompts of "bpb_5shot" there; those with "fast" score the
/// same letters.
std::vector<Variant> Variants() {
  return {
      {.suffix = ""},
      {.suffix = "_test", .test = true},
      {.suffix = "_bpb", .right_answer = true},
      {.suffix = "_var", .aliases = {"_val_rc_var"}, .before = Before::kVariations},
      {.suffix = "_test_rc_var", .test = true, .before = Before::kVariations},
      {.suffix = "_var_bpb", .before = Before::kVariations, .right_answer = true},
      {.suffix = "_val_rc_5shot", .before = Before::kFiveSolved},
      {.suffix = "_test_rc_5shot", .test = true, .before = Before::kFiveSolved},
      {.suffix = "_val_bpb_5shot",
       .aliases = {"_val_bpb_var"},
       .before = Before::kFiveSolved,
       .right_answer = true},
      {.suffix = "_test_bpb_5shot",
       .aliases = {"_test_bpb_var"},
       .test = true,
       .before = Before::kFiveSolved,
       .right_answer = true},
      {.suffix = "_mc_5shot",
       .aliases = {"_val_mc_5shot", "_val_mc_5shot_fast"},
       .before = Before::kFiveSolved,
       .letters = true},
      {.suffix = "_mc_5shot_test",
       .aliases = {"_test_mc_5shot", "_test_mc_5shot_fast"},
       .test = true,
       .before = Before::kFiveSolved,
       .letters = true},
  };
}

size_t PromptsOf(Before before) { return before == Before::kVariations ? kShots + 2 : 1; }

int64_t AnswerOf(const Doc& doc, size_t choices) {
  const int64_t answer = doc.Int("answer");
  if (answer < 0 || answer >= static_cast<int64_t>(choices)) {
    doc.Refuse("answer", "names choice ", answer, " (from 0), but there are ", choices, " choices");
  }
  return answer;
}

std::vector<std::string> ChoicesOf(const Doc& doc) {
  std::vector<std::string> choices = doc.Strings("choices");
  if (choices.size() != kLetters.size()) {
    doc.Refuse("choices", "must have ", kLetters.size(), " choices, it has ", choices.size());
  }
  return choices;
}

std::string QuestionOf(const Doc& doc, bool letters) {
  const std::string question(PythonStrip(doc.String("question")));
  if (!letters) {
    return "Question: " + question + "\nAnswer:";
  }
  std::string text = question + "\n";
  const std::vector<std::string> choices = ChoicesOf(doc);
  for (size_t i = 0; i < choices.size(); ++i) {
    text += std::string(kLetters[i]) + ". " + choices[i] + "\n";
  }
  return text + "Answer:";
}

std::string SolvedQuestion(const Doc& doc, bool letters) {
  const std::vector<std::string> choices = ChoicesOf(doc);
  const auto answer = static_cast<size_t>(AnswerOf(doc, choices.size()));
  return QuestionOf(doc, letters) + " " + (letters ? kLetters[answer] : choices[answer]) + "\n\n";
}

/// The instruction and the first `shots` docs of the subject.
std::string Introduction(const Doc& doc, std::span<const Doc> solved, size_t shots, bool letters) {
  const std::string& subject = doc.String("subject");
  std::string text = "The following are multiple choice questions (with answers) about " +
                     PythonReplace(subject, "_", " ") + ":\n\n";
  size_t found = 0;
  for (size_t i = 0; i < solved.size() && found < shots; ++i) {
    if (solved[i].String("subject") == subject) {
      text += SolvedQuestion(solved[i], letters);
      ++found;
    }
  }
  if (found < shots) {
    doc.Refuse("subject", "is \"", subject, "\", of which the dev split has ", found,
               " docs; the prompt needs ", shots);
  }
  return text;
}

/// The beginnings of the prompts of a doc.
std::vector<std::string> Beginnings(const Variant& variant, const Doc& doc, std::span<const Doc> solved) {
  switch (variant.before) {
    case Before::kNothing:
      return {""};
    case Before::kFiveSolved:
      return {Introduction(doc, solved, kShots, variant.letters)};
    case Before::kVariations:
      std::vector<std::string> beginnings = {""};
      for (size_t shots = 0; shots <= kShots; ++shots) {
        beginnings.push_back(Introduction(doc, solved, shots, variant.letters));
      }
      return beginnings;
  }
  Fail("no such prompt");
}

std::vector<Example> Render(const Variant& variant, const Doc& doc, std::span<const Doc> solved) {
  std::vector<std::string> choices = ChoicesOf(doc);
  const int64_t answer = AnswerOf(doc, choices.size());
  if (variant.letters) {
    choices.assign(kLetters.begin(), kLetters.end());
  }
  std::vector<Example> examples;
  const std::string question = QuestionOf(doc, variant.letters);
  for (const std::string& beginning : Beginnings(variant, doc, solved)) {
    const std::string context = beginning + question;
    examples.push_back(variant.right_answer
                           ? AnswerExample(doc, context, choices[static_cast<size_t>(answer)])
                           : AnswersExample(doc, context, "choices", choices, "answer", answer));
    examples.back().doc_id = doc.doc_id() * static_cast<int64_t>(PromptsOf(variant.before)) +
                             static_cast<int64_t>(examples.size()) - 1;
  }
  return examples;
}

/// A text that lives as long as the program: the facts of tasks are views.
std::string_view Kept(std::string text) {
  static std::deque<std::string> texts;
  return texts.emplace_back(std::move(text));
}

Task MakeTask(const Part& part, const Variant& variant) {
  const auto name = [&](std::string_view suffix) {
    return Kept("mmlu_" + std::string(part.name) + std::string(suffix));
  };
  Task task{.facts = {.name = name(variant.suffix),
                      .group = Kept("mmlu" + std::string(variant.suffix)),
                      .data_set_path = "hails/mmlu_no_train",
                      .hub_name = "cais/mmlu",
                      .configs = part.subjects,
                      .split = variant.test ? "test" : "validation",
                      .shots_split = "dev",
                      .licence = "MIT",
                      .source = "Hendrycks et al. 2021, Measuring Massive Multitask Language Understanding "
                                "(ICLR)"},
            .render_prompts = [variant](const Doc& doc, std::span<const Doc> solved) {
              return Render(variant, doc, solved);
            }};
  TaskFacts& facts = task.facts;
  for (const std::string_view alias : variant.aliases) {
    if (part.name != "stem" || alias != "_val_bpb_var") {  // the one label that OLMo does not have
      facts.aliases.push_back(name(alias));
    }
  }
  if (variant.before != Before::kNothing) {
    facts.shots = kShots;
  }
  facts.prompts = static_cast<int64_t>(PromptsOf(variant.before));
  facts.doc_count = facts.prompts * (variant.test ? part.test_docs : part.validation_docs);
  facts.request_count = facts.doc_count * (variant.right_answer ? 1 : static_cast<int64_t>(kLetters.size()));
  facts.metric = variant.right_answer ? "bits_per_byte" : "len_norm";
  facts.reported = variant.right_answer ? MetricsOfAnswers() : MetricsOfChoices();
  facts.chance = variant.right_answer ? 0 : 1.0 / kLetters.size();
  return task;
}

}  // namespace

std::vector<Task> MmluTasks() {
  std::vector<Task> tasks;
  for (const Variant& variant : Variants()) {
    for (const Part& part : Parts()) {
      tasks.push_back(MakeTask(part, variant));
    }
  }
  return tasks;
}

}  // namespace vffn
