#include "reports/reproduction/paired_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/reports/reproduction/reproduction_samples.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(CompareRuns, SaysWhatItCouldNotCompare) {
  const TemporaryFolder folder;
  MeasuredRun a = MakeRun("a", PaperConfig("354M", "Base")), b = MakeRun("b", PaperConfig("354M", "MoE"));
  a.source = b.source = (folder / "results_1.json").string();
  const std::vector<MeasuredRun> runs = {a, b};
  EXPECT_THAT(CompareRuns(std::span(runs).first(1), std::nullopt).not_compared, IsEmpty());
  const PairedRuns paired = CompareRuns(runs, std::nullopt);
  EXPECT_THAT(paired.reports, IsEmpty());
  ASSERT_THAT(paired.not_compared, SizeIs(1));
  EXPECT_EQ(paired.not_compared[0].run, "b");
  EXPECT_THAT(paired.not_compared[0].why, HasSubstr("no ledger.jsonl"));
  const std::vector<Table> tables = PairedTables(paired);
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_EQ(tables[0].rows()[0][0].Text(kText), "b");
}

}  // namespace
}  // namespace vffn
