#include "reports/audit/audit_report.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/json.h"
#include "reports/tables/latex_text.h"
#include "reports/tables/markdown_text.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

constexpr std::array<Severity, 3> kSeverities = {Severity::kContradiction, Severity::kWeak, Severity::kNote};
constexpr Style kWholePercent = {.unit = {.scale = 100, .decimals = 0}, .after = " %"};

Findings BySeverity(Findings findings) {
  std::ranges::stable_sort(findings, {}, &Finding::severity);
  return findings;
}

std::string Heading(Severity severity, size_t count) {
  const std::string number = " (" + std::to_string(count) + ")";
  switch (severity) {
    case Severity::kContradiction:
      return "Contradictions: cannot be true as printed" + number;
    case Severity::kWeak:
      return "Weak: may be true, but says less than it seems" + number;
    case Severity::kNote:
      return "Notes" + number;
  }
  Fail("a severity of number ", static_cast<int>(severity));
}

/// `how` is that of the finding, or "as above".
std::string FindingText(const Finding& finding, const std::string& how, TableFormat format) {
  const std::string head = finding.kind + ", " + finding.where + ": ";
  switch (format) {
    case TableFormat::kConsole:
      return "  " + head + finding.text + "\n      how: " + how + "\n";
    case TableFormat::kMarkdown:
      return "- **" + MarkdownText(finding.kind) + "**, " +
             MarkdownText(finding.where + ": " + finding.text) + "  \n  *How:* " + MarkdownText(how) + "\n";
    case TableFormat::kLatex:
      return "\\item \\textbf{" + LatexText(finding.kind) + "}, " +
             LatexText(finding.where + ": " + finding.text) + " \\emph{How: " + LatexText(how) + "}\n";
    case TableFormat::kCsv:
      break;
  }
  Fail("a finding as text in table format ", static_cast<int>(format));
}

std::string FindingsText(const Findings& findings, TableFormat format) {
  std::string text;
  for (const Severity severity : kSeverities) {
    std::string items;
    std::string how;
    size_t count = 0;
    for (const Finding& finding : findings) {
      if (finding.severity == severity) {
        items += FindingText(finding, finding.how == how ? "as above" : finding.how, format);
        how = finding.how;
        ++count;
      }
    }
    text += TitleText(Heading(severity, count), format);
    const bool itemize = format == TableFormat::kLatex && count > 0;
    text += itemize ? "\\begin{itemize}\n" + items + "\\end{itemize}\n\n" : items + "\n";
  }
  return text;
}

Table FindingTable(const Findings& findings) {
  Table table = DataTable("findings", {"severity", "kind", "where", "finding", "how"});
  for (const Finding& finding : findings) {
    table.AddRow("severity", NameOf(finding.severity), "kind", finding.kind, "where", finding.where,
                 "finding", finding.text, "how", finding.how);
  }
  return table;
}

Table SplitTable(const TableAudit& audit) {
  Table table({{"task", "task"},
               {"split", "split"},
               {"questions", "n", kNumber},
               {"", "whole", kNumber},
               {"entries", "entries", kNumber},
               {"whole"},
               {"chance", "chance of one", kWholePercent},
               {"p", "p", kProbability},
               {"chosen", "counted with"}},
              "Entries that are a whole number of questions");
  for (const SplitFit& fit : audit.splits) {
    table.AddRow("task", fit.task, "split", fit.split, "questions", fit.questions, "entries", fit.cells,
                 "whole", fit.whole, "chance", fit.chance, "p",
                 fit.cells == 0 ? Cell(fit.p).Shown("-") : Cell(fit.p), "chosen", fit.chosen);
  }
  return table;
}

const char* CheckText(AverageCheck check) {
  switch (check) {
    case AverageCheck::kRounded:
      return "yes";
    case AverageCheck::kOfUnrounded:
      return "of unrounded entries";
    case AverageCheck::kImpossible:
      return "NO";
  }
  Fail("an average check of number ", static_cast<int>(check));
}

Table AverageTable(const TableAudit& audit) {
  Table table({{"row", "row"},
               {"printed", "printed", kNumber},
               {"published_text"},
               {"recomputed", "recomputed", {.unit = {.scale = 100, .decimals = 4}}},
               {"agrees", "agrees"},
               {"stderr", "± stderr", kPercent}},
              "Averages, percent");
  for (const AverageAudit& average : audit.averages) {
    table.AddRow("row", average.row, "printed",
                 Cell(average.value).Shown(average.printed.empty() ? "-" : average.printed), "published_text",
                 average.printed.empty() ? Cell(std::nullopt) : Cell(average.printed), "recomputed",
                 average.recomputed, "agrees",
                 average.check ? Cell(CheckText(*average.check)) : Cell(std::nullopt), "stderr",
                 average.standard_error);
  }
  return table;
}

Table QuestionTable(const TableAudit& audit) {
  std::vector<Column> columns = {{"best", "best row"}, {"other", "less"}, {"average"}};
  for (const std::string& task : audit.tasks) {
    columns.push_back({"questions." + task, task, kSigned});
  }
  columns.push_back({"sum", "sum", kSigned});
  columns.push_back({"", "average", {.unit = {.scale = 100}, .sign = true}});
  Table table(columns, "The best row's right answers less another's");
  for (const RowPair& pair : audit.best) {
    Row row = MakeRow("best", pair.b, "other", pair.a, "average", pair.macro, "sum", pair.sum.nearest);
    for (const std::string& task : audit.tasks) {
      row.emplace_back("questions." + task, pair.questions.at(task).nearest);
    }
    table.AddRow(row);
  }
  return table;
}

OrderedJson PairsJson(const TableAudit& audit) {
  OrderedJson json = ToJson(QuestionTable(audit));
  for (size_t i = 0; i < audit.best.size(); ++i) {
    const QuestionDifference& sum = audit.best[i].sum;
    json[i]["sum_range"] = {sum.low, sum.high};
  }
  return json;
}

const UnpairedScore& WholeOf(const UnpairedComparison& comparison) {
  return comparison.average ? *comparison.average : comparison.tasks.front();
}

Table SignificanceTable(const TableAudit& audit) {
  Table table({{"best", "best row"},
               {"other", "less"},
               {"average", "average", {.unit = {.scale = 100}, .sign = true}},
               {"z", "z", kNumber},
               {"p", "p", kProbability},
               {"holm_p", "Holm p", kProbability},
               {"needed", "correlation needed", kNumber}},
              "The best row's average less another's, as if their answers were independent");
  for (const UnpairedComparison& comparison : audit.significance) {
    const UnpairedScore& score = WholeOf(comparison);
    table.AddRow("best", comparison.b, "other", comparison.a, "average", score.b - score.a, "z", score.z, "p",
                 score.p, "holm_p", score.adjusted_p, "needed", NeededText(score.needed));
  }
  return table;
}

}  // namespace

std::string AuditText(const TableAudit& audit, TableFormat format) {
  const Findings findings = BySeverity(audit.findings);
  if (format == TableFormat::kCsv) {
    return ToCsv(FindingTable(findings));
  }
  std::vector<Table> tables = {SplitTable(audit), AverageTable(audit)};
  if (!audit.best.empty()) {
    tables.push_back(QuestionTable(audit));
    tables.push_back(SignificanceTable(audit));
  }
  std::string text = TitleText("Audit of " + audit.origin, format) + "\n" + FindingsText(findings, format);
  for (const Table& table : tables) {
    text += (&table == tables.data() ? "" : "\n") + ToText(table, format);
  }
  return text;
}

OrderedJson AuditJson(const TableAudit& audit) {
  return {{"table", audit.origin},
          {"findings", ToJson(FindingTable(BySeverity(audit.findings)))},
          {"splits", ToJson(SplitTable(audit))},
          {"averages", ToJson(AverageTable(audit))},
          {"best", PairsJson(audit)}};
}

}  // namespace vffn
