#include "reports/traces/skill_categories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(CategoryOfTask, FollowsFromTheName) {
  EXPECT_EQ(CategoryOfTask("basic_skills_arithmetic/rc_5shot"), "arithmetic");
  EXPECT_EQ(CategoryOfTask("oe:basic_skills_common_knowledge/mc_5shot"), "common knowledge");
  EXPECT_EQ(CategoryOfTask("basic_skills_string_operations_rc_5shot"), "string operations");
  EXPECT_EQ(CategoryOfTask("basic_arithmetic"), "arithmetic");
  EXPECT_EQ(CategoryOfTask("minerva_math_number_theory/gold_bpb_0shot"), "mathematics: number theory");
  EXPECT_EQ(CategoryOfTask("minerva_math_500"), "mathematics: all subjects");
  EXPECT_EQ(CategoryOfTask("gsm8k/gold_bpb_5shot"), "mathematics: word problems");
  EXPECT_EQ(CategoryOfTask("mt_mbpp_rust/gold_bpb_3shot"), "code: rust");
  EXPECT_EQ(CategoryOfTask("codex_humaneval"), "code: python");
  EXPECT_EQ(CategoryOfTask("mmlu_abstract_algebra"), "MMLU: STEM");
  EXPECT_EQ(CategoryOfTask("mmlu_stem_test_rc_var"), "MMLU: STEM");
  EXPECT_EQ(CategoryOfTask("mmlu_social_sciences"), "MMLU: social sciences");
  EXPECT_EQ(CategoryOfTask("mmlu_professional_law_mc_5shot"), "MMLU: humanities");
  EXPECT_EQ(CategoryOfTask("mmlu_other_bpb"), "MMLU: other");
  EXPECT_EQ(CategoryOfTask("mmlu_stemming"), "mmlu_stemming");
  EXPECT_EQ(CategoryOfTask("arc_easy/rc_5shot"), "arc_easy");
  EXPECT_EQ(CategoryOfTask("arc_easy:bpb"), "arc_easy");
  EXPECT_EQ(CategoryOfTask("arc_easy"), "arc_easy");
  EXPECT_EQ(CategoryOfTask("basic_skills_"), "basic_skills_");
}

class CategoryFile : public testing::Test {
 protected:
  SkillCategories Read(const std::string& name, const std::string& text) const {
    WriteFile(folder_ / name, text);
    return SkillCategories::FromFile(folder_ / name);
  }

  TemporaryFolder folder_;
};

TEST_F(CategoryFile, HasTasksAndDocs) {
  const SkillCategories csv = Read("c.csv",
                                   "category,doc_id,task\nscience,,arc_easy\n\"plants, animals\",3,arc_easy\n"
                                   "letters,0,a/b\n");
  EXPECT_EQ(csv.Of("arc_easy", 0), "science");
  EXPECT_EQ(csv.Of("arc_easy", 3), "plants, animals");
  EXPECT_EQ(csv.Of("a/b", 0), "letters");
  EXPECT_EQ(csv.Of("a/b", 1), "a");  // by its name
  EXPECT_EQ(csv.Of("basic_skills_coding", 3), "coding");
  const SkillCategories json = Read("c.json", R"({"piqa": "physics", "oe:x": "y"})");
  EXPECT_EQ(json.Of("piqa", 7), "physics");
  EXPECT_EQ(json.Of("oe:x", 7), "y");
}

TEST_F(CategoryFile, IsRefusedByRow) {
  const auto error = [&](const std::string& text) { return ErrorOf([&] { Read("c.csv", text); }); };
  EXPECT_THAT(error("task,kind\na,b\n"), AllOf(HasSubstr("c.csv"), HasSubstr("task and category")));
  EXPECT_THAT(error("task,category\na,\n"), AllOf(HasSubstr("row 1, a"), HasSubstr("the category is empty")));
  EXPECT_THAT(error("task,category\na,b\na,c\n"), AllOf(HasSubstr("row 2, a"), HasSubstr("is there twice")));
  EXPECT_THAT(error("task,category,doc_id\na,b,3\na,c,3\n"), HasSubstr("row 2, a, doc 3: is there twice"));
  EXPECT_THAT(error("task,category,doc_id\na,b,-1\n"), HasSubstr("the doc_id is \"-1\""));
  EXPECT_THAT(error("task,category,doc_id\na,b,1x\n"), HasSubstr("the doc_id is \"1x\""));
  EXPECT_THAT(ErrorOf([&] { Read("c.json", R"({"a": 1})"); }), AllOf(HasSubstr("c.json"), HasSubstr("a")));
}

TEST(CategoryField, IsOfTheRecords) {
  const TemporaryFolder folder;
  const std::string begin = R"({"target":"0","arguments":{"gen_args_0":{"arg_0":"c","arg_1":" a"}},)"
                            R"("filtered_resps":[[-1.0,false]],"acc":1.0,"metrics":["acc"],"filter":"none",)"
                            R"("doc_hash":"","prompt_hash":"","target_hash":"","resps":[],)";
  const auto path = folder / "samples_a__b_2026-11-22T17-18-33.911318.jsonl";
  WriteFile(path, begin + R"("doc_id":0,"doc":{"subject":"algebra","meta":{"level":3}}})" + "\n" + begin +
                      R"("doc_id":4,"doc":{"subject":"law","meta":{"level":null}}})" + "\n");
  const SkillCategories subjects = SkillCategories::FromSamples({path}, "subject");
  EXPECT_EQ(subjects.Of("a/b", 0), "algebra");  // a file's name cannot have "/"
  EXPECT_EQ(subjects.Of("a/b", 4), "law");
  EXPECT_EQ(subjects.Of("a/b", 5), "a");
  EXPECT_THAT(ErrorOf([&] { SkillCategories::FromSamples({path}, "topic"); }),
              AllOf(HasSubstr("samples_a__b"), HasSubstr("topic is missing")));
  EXPECT_THAT(ErrorOf([&] { SkillCategories::FromSamples({path}, "meta.level"); }),
              HasSubstr("meta.level is null, which names no category"));
}

}  // namespace
}  // namespace vffn
