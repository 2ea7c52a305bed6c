// Columns of every type: read, or left out, and never the end of a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tasks/arrow_file.h"
#include "tasks/data_set.h"
#include "tests/tasks/message_of.h"
#include "tests/tasks/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const fs::path kColumns = fs::path(VFFN_TESTS_DIR) / "testdata/tasks/columns";

struct Rows {
  std::vector<Json> rows;
  std::string left_out;
};

Rows Read(const fs::path& file) {
  Rows read;
  const auto sink = [&](Json row, const std::string& left_out) {
    read.rows.push_back(std::move(row));
    read.left_out = left_out;
  };
  file.extension() == ".arrow" ? ReadArrowStream(file, sink) : ReadParquet(file, sink);
  return read;
}

constexpr const char* kReadInBoth =
    R"("goal":"open the jar","sol1":"twist","sol2":"throw","label":0,"binary":null,"large_binary":null,)"
    R"("fixed_size_binary":"abc","bool":true,"double":null,"float":null,"half":1.5,"null":null,)"
    R"("uint64":18446744073709551615,"list_of_struct":[{"x":"y"}],"map":[{"key":"k","value":1}],"struct":{"a":7})";

TEST(ReadParquet, ReadsOrLeavesOutEveryColumn) {
  const Rows read = Read(kColumns / "unused.parquet");
  ASSERT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(read.rows[0], ParseJson("{" + std::string(kReadInBoth) + "}", "expected"));
  EXPECT_EQ(read.rows[1]["binary"], "text");
  EXPECT_EQ(read.rows[1]["float"], 0.5);
  EXPECT_TRUE(read.rows[1]["half"].is_null());
  EXPECT_TRUE(read.rows[1]["struct"].is_null());
  for (const char* name :
       {"date32 (date32[day])", "date64", "time (time64[us])", "timestamp (timestamp[ns, tz=UTC])",
        "duration", "decimal (decimal128(10, 2))", "decimal256", "list_of_dates"}) {
    EXPECT_THAT(read.left_out, HasSubstr(name));
  }
  EXPECT_THAT(read.left_out, Not(HasSubstr("struct")));
}

TEST(ReadArrowStream, ReadsOrLeavesOutEveryColumn) {
  const Rows read = Read(kColumns / "unused.arrow");
  ASSERT_EQ(read.rows.size(), 2U);
  const std::string only_arrow =
      R"(,"string_view":"a text that is longer than twelve bytes","binary_view":"short","fixed_size_list":[1,2],)"
      R"("list_view":[1],"large_list_view":["p","q"],"dictionary":"x")";
  EXPECT_EQ(read.rows[0], ParseJson("{" + std::string(kReadInBoth) + only_arrow + "}", "expected"));
  EXPECT_TRUE(read.rows[1]["string_view"].is_null());
  EXPECT_EQ(read.rows[1]["list_view"], Json::array());
  for (const char* name : {"run_end_encoded", "month_day_nano", "decimal32", "union"}) {
    EXPECT_THAT(read.left_out, HasSubstr(name));
  }
}

// An error or rows, never a crash, whatever the damage does to the types.
TEST(ReadColumns, RandomDamageIsNoCrash) {
  const TemporaryFolder folder;
  uint32_t state = 1;  // a linear congruential generator: the same damage in every run
  const auto random = [&](size_t limit) {
    state = state * 1664525U + 1013904223U;
    return (state >> 8) % limit;
  };
  for (const char* name : {"unused.arrow", "unused.parquet", "needed_arc.arrow"}) {
    const std::string bytes = Bytes(kColumns / name);
    int errors = 0;
    for (int i = 0; i < 1500; ++i) {
      std::string damaged = bytes;
      for (size_t count = 1 + random(6); count > 0; --count) {
        damaged[random(damaged.size())] = static_cast<char>(random(256));
      }
      const fs::path file =
          folder.Write(std::string("damaged") + fs::path(name).extension().string(), damaged);
      const std::string message = MessageOf([&] { Read(file); });
      EXPECT_TRUE(message.empty() || message.starts_with(file.string())) << message;
      errors += message.empty() ? 0 : 1;
    }
    EXPECT_GT(errors, 100) << name;
  }
}

/// The examples of a task whose only data are `file`, in the place `name`.
std::vector<Example> Render(const char* task, const char* file, const char* name) {
  const TemporaryFolder folder;
  folder.Write(name, Bytes(kColumns / file));
  std::vector<Example> examples;
  for (const Doc& doc : OpenDataSet(FindTask(task).facts, folder.path()).docs) {
    examples.push_back(FindTask(task).render_lm_eval(doc));
  }
  return examples;
}

TEST(OpenDataSet, ReadsNeededColumnsInEveryLayout) {
  for (const auto& [file, name] : {std::pair("needed_piqa.parquet", "piqa.parquet"),
                                   std::pair("needed_piqa.arrow", "piqa/piqa-validation.arrow")}) {
    const auto examples = Render("piqa", file, name);
    ASSERT_EQ(examples.size(), 2U) << file;
    EXPECT_EQ(examples[0].choices[0], (Choice{"Question: open the jar\nAnswer:", " twist"}));
    EXPECT_EQ(examples[1].choices[1], (Choice{"Question: é ü\nAnswer:", " b"}));
    EXPECT_EQ(examples[1].gold, 1);
  }
  const auto arc = Render("arc_easy", "needed_arc.arrow", "ai2_arc/ARC-Easy/ai2_arc-validation.arrow");
  ASSERT_EQ(arc.size(), 2U);
  EXPECT_EQ(arc[0].choices.size(), 2U);
  EXPECT_EQ(arc[0].gold, 1);
  EXPECT_EQ(arc[1].choices[2].continuation, " e");
  EXPECT_EQ(arc[1].gold, 2);
}

TEST(OpenDataSet, NamesTheTypeOfANeededColumnThatItCannotRead) {
  EXPECT_THAT(MessageOf([] { Render("piqa", "label_is_a_date.parquet", "piqa.parquet"); }),
              AllOf(HasSubstr("piqa.parquet: row 0"), HasSubstr("label is missing"),
                    HasSubstr("columns of types that vffn does not read: label (date32[day])")));
  EXPECT_THAT(MessageOf([] { Render("piqa", "only_dates.parquet", "piqa.parquet"); }),
              HasSubstr("has no column that vffn reads, but when (timestamp[us])"));
}

}  // namespace
}  // namespace vffn
