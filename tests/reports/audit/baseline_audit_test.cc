#include "reports/audit/baseline_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/audit/paper_audit.h"
#include "reports/audit/unchanged_rows.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// The paper's numbers with another value in one cell.
std::vector<PublishedNumber> PaperWith(std::string_view table, std::string_view row, std::string_view column,
                                       const std::string& value) {
  std::vector<PublishedNumber> numbers = PublishedNumbers();
  for (PublishedNumber& number : numbers) {
    if (number.table == table && number.scale == "354M" && number.row == row && number.column == column) {
      number.value = value;
      return numbers;
    }
  }
  ADD_FAILURE() << table << " " << row << " " << column;
  return numbers;
}

TEST(UnchangedRows, OfThePaperAreItsBase) {
  const auto rows = FindUnchangedRows(PublishedNumbers());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].scale, "354M");
  EXPECT_EQ(rows[0].row, "Base");
  EXPECT_EQ(rows[0].a_table, "1");
  EXPECT_EQ(rows[0].b_table, "5");
  EXPECT_THAT(rows[0].cells, ElementsAre(std::pair("loss", "2.779"), std::pair("average", "47.98")));
  EXPECT_THAT(rows[0].changed, ElementsAre("4-Loop", "VersatileFFN"));
}

TEST(UnchangedRows, AreFoundInAnyTables) {
  const std::vector<PublishedNumber> numbers = {
      {"short", "", "plain", "piqa", "60.1"}, {"short", "", "new", "piqa", "61.2"},
      {"long", "", "plain", "piqa", "60.1"},  {"long", "", "new", "piqa", "63.4"},
      {"other", "", "plain", "piqa", "60.1"}, {"other", "", "plain", "sciq", "80.0"}};
  const Findings findings = AuditUnchangedRows(numbers);
  ASSERT_EQ(findings.size(), 1U);  // "other" has no row that differs
  EXPECT_EQ(findings[0].where, "Table short and Table long, plain");
  EXPECT_THAT(findings[0].text,
              HasSubstr("plain has the same numbers in both tables (piqa 60.1), while new differ"));
}

TEST(UnchangedRows, NeedEveryCellTheSameAndAnotherRowThatDiffers) {
  std::vector<PublishedNumber> numbers = {{"a", "", "x", "piqa", "60.1"}, {"a", "", "x", "sciq", "80.0"},
                                          {"a", "", "y", "piqa", "61.0"}, {"b", "", "x", "piqa", "60.1"},
                                          {"b", "", "x", "sciq", "80.1"}, {"b", "", "y", "piqa", "62.0"}};
  EXPECT_THAT(FindUnchangedRows(numbers), IsEmpty());
  numbers[4].value = "80.0";
  EXPECT_EQ(FindUnchangedRows(numbers).size(), 1U);
  numbers[5].value = "61.0";
  EXPECT_THAT(FindUnchangedRows(numbers), IsEmpty());
}

TEST(BaselineAudit, FindsThatBaseWasNotContinued) {
  const Findings findings = AuditBaseline(PublishedNumbers());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::kWeak);
  EXPECT_EQ(findings[0].kind, "baseline not continued");
  EXPECT_EQ(findings[0].where, "Table 1 and Table 5, 354M/Base");
  // 2.617 - 2.779 and 52.33 - 47.98; over 2.654 and 50.09; 2.654 - 2.779 and 51.14 - 47.98.
  for (const char* part :
       {"loss 2.779, average 47.98", "4-Loop and VersatileFFN differ", "-0.162 in loss and +4.35 points",
        "loss 2.654, average 50.09", "over it the gain is -0.037 in loss and +2.24 points",
        "from scratch (Table 5) it is -0.125 in loss and +3.16 points"}) {
    EXPECT_THAT(findings[0].text, HasSubstr(part));
  }
}

TEST(BaselineAudit, FollowsFromTheNumbers) {
  EXPECT_THAT(AuditBaseline(PaperWith("5", "Base", "loss", "2.780")), IsEmpty());
  // Figure 3b is no longer known to be of continued models.
  const Findings unknown = AuditBaseline(PaperWith("figure-3b", "4-loops", "loss", "2.626"));
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_THAT(unknown[0].text, Not(HasSubstr("fair baseline")));
  const Findings other = AuditBaseline(PaperWith("1", "VersatileFFN", "loss", "2.600"));
  ASSERT_EQ(other.size(), 1U);
  EXPECT_THAT(other[0].text, HasSubstr("-0.179 in loss"));
  EXPECT_THAT(other[0].text, HasSubstr("over it the gain is -0.054 in loss"));
}

TEST(BaselineAudit, IsPartOfThePapersAudit) {
  const Findings findings = AuditPaper();
  EXPECT_EQ(std::ranges::count(findings, "baseline not continued", &Finding::kind), 1);
}

}  // namespace
}  // namespace vffn
