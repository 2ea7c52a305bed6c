#include "runs/tasks/task_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runs/tasks/profile_tasks.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

std::vector<std::string> Names(const std::string& list) {
  std::vector<std::string> names;
  for (const CatalogueTask& task : SelectTasks(BuiltInTasks(), list)) {
    names.push_back(task.name);
  }
  return names;
}

CatalogueTask One(const std::string& word) { return SelectTasks(BuiltInTasks(), word).at(0); }

std::string Message(const std::string& list) {
  return MessageOf([&] { SelectTasks(BuiltInTasks(), list); });
}

TEST(SelectTasks, TakesBlanksAndPatterns) {
  EXPECT_THAT(Names("piqa, arc_easy"), ElementsAre("piqa", "arc_easy"));
  EXPECT_THAT(Names(" piqa ,\tcsqa, "), ElementsAre("piqa", "commonsense_qa"));
  EXPECT_THAT(Names("piqa arc_easy"), ElementsAre("piqa", "arc_easy"));
  EXPECT_THAT(Names("arc_*"), ElementsAre("arc_easy", "arc_challenge", "arc_easy_ppl"));
  EXPECT_THAT(Names("arc_*,piqa"), ElementsAre("arc_easy", "arc_challenge", "arc_easy_ppl", "piqa"));
  EXPECT_THAT(Names("arc_challenge,arc_*"), ElementsAre("arc_challenge", "arc_easy", "arc_easy_ppl"));
  EXPECT_THAT(Names("arc_*,arc_easy"), ElementsAre("arc_easy", "arc_challenge", "arc_easy_ppl"));
  EXPECT_THAT(Names("?iqa"), ElementsAre("piqa", "social_iqa"));
  EXPECT_THAT(Names("*/10way"), ElementsAre("copycolors/10way"));
  EXPECT_THAT(Names("*/rc_0shot:bpb"), AllOf(Contains("piqa/rc_0shot:bpb"), Each(EndsWith(":bpb"))));
  EXPECT_THAT(Names("*_xl_10way"), ElementsAre("copycolors/xl_10way"));  // a label
}

TEST(SelectTasks, KnowsTheGroups) {
  EXPECT_THAT(Names("all"), ElementsAre("piqa", "hellaswag", "openbookqa", "sciq", "arc_easy",
                                        "arc_challenge", "commonsense_qa", "winogrande"));
  EXPECT_THAT(Names("basic_skills"),
              ElementsAre("basic_skills_arithmetic/rc_5shot", "basic_skills_coding/rc_5shot",
                          "basic_skills_common_knowledge/rc_5shot", "basic_skills_logical_reasoning/rc_5shot",
                          "basic_skills_pattern/rc_5shot", "basic_skills_string_operations/rc_5shot"));
  EXPECT_EQ(Names("gold_bpb").size(), 36U);
  EXPECT_THAT(Names("bpb"), AllOf(IsSupersetOf(Names("gold_bpb")), Contains("hellaswag/rc_5shot:bpb")));
  EXPECT_THAT(GroupNames(BuiltInTasks()),
              IsSupersetOf({"all", "basic_skills", "bpb", "gold_bpb", "minerva_math", "mt_mbpp"}));
}

TEST(SelectTasks, FindsRequestFilesUnderAllTheirNames) {
  for (const char* name : {"arc_easy/rc_5shot", "oe:arc_easy/rc_5shot", "arc_easy_rc_5shot"}) {
    EXPECT_THAT(Names(name), ElementsAre("arc_easy/rc_5shot")) << name;
  }
  EXPECT_THAT(Names("basic_skills_arithmetic,codex_humaneval gsm8k,copycolors"),
              ElementsAre("basic_skills_arithmetic/rc_5shot", "codex_humaneval/gold_bpb_0shot",
                          "gsm8k/gold_bpb_5shot", "copycolors/10way"));
  EXPECT_THAT(Names("naturalqs_bpb_5shot"), ElementsAre("naturalqs_open/bpb_5shot"));
  EXPECT_THAT(Names("csqa"), ElementsAre("commonsense_qa"));  // the benchmark's alias, not the folder
  EXPECT_THAT(Names("oe:my requests/*.jsonl.gz, piqa"), ElementsAre("oe:my requests/*.jsonl.gz", "piqa"));
}

TEST(SelectTasks, TakesRightAnswersAlone) {
  for (const char* name : {"hellaswag/rc_5shot:bpb", "oe:hellaswag/rc_5shot:bpb", "hellaswag_bpb_5shot",
                           "hellaswag_rc_5shot_bpb"}) {
    const CatalogueTask task = One(name);
    EXPECT_EQ(task.name, "hellaswag/rc_5shot:bpb") << name;
    EXPECT_EQ(task.place, "hellaswag/rc_5shot");
    EXPECT_TRUE(task.right_answers_only);
    EXPECT_EQ(task.metric, "bits_per_byte");
    EXPECT_EQ(task.requests, 1000);
    EXPECT_EQ(task.chance, std::nullopt);
  }
  EXPECT_EQ(One("gsm8k:bpb").name, "gsm8k/gold_bpb_5shot");
  EXPECT_EQ(One("oe:my requests:bpb").name, "oe:my requests:bpb");
  EXPECT_EQ(One("oe:my requests:bpb").place, "my requests");
  EXPECT_THAT(Message("piqa:bpb"), HasSubstr("piqa:bpb: only request files have a form"));
}

TEST(SelectTasks, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(Message("piqa,nope"),
              HasSubstr("there is no task \"nope\"; 'vffn tasks --all' lists the names"));
  EXPECT_THAT(Message("helaswag"), HasSubstr("\"helaswag\"; did you mean hellaswag? 'vffn tasks"));
  EXPECT_THAT(Message("arc_easy/rc_3shot"),
              HasSubstr("did you mean arc_easy/rc_0shot, arc_easy_rc_0shot, arc_easy/rc_5shot"));
  EXPECT_THAT(Message("humaneval"), HasSubstr("did you mean codex_humaneval/gold_bpb_0shot"));
  EXPECT_THAT(Message("no_such_*"), HasSubstr("no task fits \"no_such_*\"; 'vffn tasks --all' lists them"));
  EXPECT_THAT(Message("piqa, piqa"), HasSubstr("task piqa is named twice"));
  EXPECT_THAT(Message("gsm8k gsm8k_gold_bpb_5shot"), HasSubstr("gsm8k/gold_bpb_5shot is named twice"));
  EXPECT_THAT(Message(" , "), HasSubstr("no task is named"));
  EXPECT_THAT(Message(""), HasSubstr("no task is named"));
}

TEST(BuiltInTasks, HaveNamesOfTheirOwn) {
  std::vector<std::string> names = GroupNames(BuiltInTasks());
  for (const CatalogueTask& task : BuiltInTasks()) {
    for (const auto& more : {std::vector{task.name}, task.aliases, task.labels, task.bpb_labels}) {
      for (const std::string& name : more) {
        EXPECT_THAT(names, Not(Contains(name)));
        names.push_back(name);
      }
    }
  }
}

std::vector<std::string> OlmesNames(const std::string& list) {
  std::vector<std::string> names;
  for (const CatalogueTask& task : TasksOfRun(FindProfile("olmes"), list)) {
    names.push_back(task.name);
  }
  return names;
}

TEST(TasksOfRun, AreBothFiveShotFormsUnderOlmes) {
  EXPECT_THAT(OlmesNames("arc_challenge"),
              ElementsAre("arc_challenge/test_mc_5shot", "arc_challenge/test_rc_5shot"));
  for (const char* name : {"csqa", "commonsense_qa", "commonsenseqa"}) {
    EXPECT_THAT(OlmesNames(name), ElementsAre("csqa/mc_5shot", "csqa/rc_5shot")) << name;
  }
  for (const char* name : {"social_iqa", "socialiqa", "siqa"}) {
    EXPECT_THAT(OlmesNames(name), ElementsAre("socialiqa/mc_5shot", "socialiqa/rc_5shot")) << name;
  }
  EXPECT_THAT(OlmesNames("boolq/rc_5shot,boolq/rc_0shot"), ElementsAre("boolq/rc_5shot", "boolq/rc_0shot"));
  EXPECT_EQ(OlmesNames("olmes").size(), 18u);
  EXPECT_THAT(OlmesNames("all"), AllOf(testing::SizeIs(16), Contains("sciq/mc_5shot")));
  EXPECT_EQ(Names("olmes").size(), 18u);
  EXPECT_THAT(MessageOf([] { OlmesNames("copa"); }),
              AllOf(HasSubstr("task copa: profile olmes"), HasSubstr("tasks --all")));
  EXPECT_EQ(TasksOfRun(FindProfile("olmo"), "arc_challenge").at(0).kind, TaskKind::kBenchmark);
}

}  // namespace
}  // namespace vffn
