#include <charconv>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/shared_options.h"
#include "base/error.h"
#include "base/valid_utf8.h"
#include "reports/audit/audit_report.h"
#include "reports/audit/paper_audit.h"
#include "reports/audit/unchanged_rows.h"

namespace vffn {
namespace {

struct AuditOptions {
  std::string table, format = "console";
  std::vector<std::string> questions;
  double alpha = 0.05;
};

/// "piqa=1838".
std::map<std::string, int64_t> ParseQuestions(const std::vector<std::string>& options) {
  std::map<std::string, int64_t> questions;
  for (const std::string& option : options) {
    const size_t equals = option.rfind('=');
    const std::string number = equals == std::string::npos ? "" : option.substr(equals + 1);
    int64_t count = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
    VFFN_CHECK(equals != std::string::npos && equals > 0 && error == std::errc() &&
                   end == number.data() + number.size() && count > 0 && count < 10000000,
               "--questions ", option, ": should be TASK=N, with N from 1 to 9999999");
    VFFN_CHECK(questions.emplace(option.substr(0, equals), count).second, "--questions names ",
               option.substr(0, equals), " twice");
  }
  return questions;
}

void RunAudit(const AuditOptions& options) {
  const bool paper = options.table.empty();
  VFFN_CHECK(!paper || options.questions.empty(), "--questions is for a table given with --table");
  const PublishedTable table =
      paper ? PaperTable() : ReadPublishedTable(options.table, ParseQuestions(options.questions));
  TableAudit audit = AuditTable(table, options.alpha);
  std::ranges::move(paper ? AuditPaper() : AuditUnchangedRows(table.cells),
                    std::back_inserter(audit.findings));
  if (paper) {
    audit.origin += " (and Tables 2 to 5)";
  }
  if (options.format == "json") {
    std::cout << DumpJson(AuditJson(audit), 2) << '\n';
  } else {
    std::cout << AuditText(audit, ParseTableFormat(options.format));
  }
}

}  // namespace

void AddAuditCommand(Command& program) {
  auto options = std::make_shared<AuditOptions>();
  Command& command = program.AddCommand(
      "audit",
      "Check a published table for internal inconsistencies: impossible accuracies, wrong averages, "
      "differences within noise.");
  command
      .Add("--table FILE", &options->table,
           "CSV file whose rows are methods and whose columns are tasks, or with the columns table, scale, "
           "row, "
           "column and value for several tables.")
      .Default("the tables of the VersatileFFN paper");
  command.Add("--questions TASK=N", &options->questions, "Number of questions of a column's task.")
      .SeparatedByCommas()
      .Default("the splits of the eight tasks");
  command.Add("--alpha P", &options->alpha, "Significance level of the two-sided tests.").Between(1e-6, 0.5);
  AddFormatOption(options->format, command);
  command.AddExample("vffn audit");
  command.AddExample("vffn audit --table table.csv --questions boolq=3270,mytask=500");
  command.OnRun([options] { RunAudit(*options); });
}

}  // namespace vffn
