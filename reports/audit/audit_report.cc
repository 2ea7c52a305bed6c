#include "reports/audit/audit_report.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

constexpr std::array<Severity, 3> kSeverities = {Severity::kContradiction, Severity::kWeak, Severity::kNote};

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
      return "Weak: may be true, says less than it seems" + number;
    case Severity::kNote:
      return "Notes" + number;
  }
  Fail("a severity of number ", static_cast<int>(severity));
}

/// `how` is that of the finding, or that it is as above.
std::string FindingText(const Finding& finding, const std::string& how, TableFormat format) {
  const std::string head = finding.kind + ", " + finding.where + ": ";
  switch (format) {
    case TableFormat::kConsole:
      return "  " + head + finding.text + "\n      how: " + how + "\n";
    case TableFormat::kMarkdown:
      return "- **" + finding.kind + "**, " + finding.where + ": " + finding.text + "  \n  *How:* " + how +
             "\n";
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

std::string FindingsCsv(const Findings& findings) {
  TextTable table({{"severity"}, {"kind"}, {"where"}, {"finding"}, {"how"}});
  for (const Finding& finding : findings) {
    table.AddRow(
        {std::string(NameOf(finding.severity)), finding.kind, finding.where, finding.text, finding.how});
  }
  return table.ToCsv();
}

TextTable SplitTable(const TableAudit& audit) {
  TextTable table({{"task"},
                   {"split"},
                   {"n", Align::kRight},
                   {"whole", Align::kRight},
                   {"entries", Align::kRight},
                   {"chance of one", Align::kRight},
                   {"p", Align::kRight},
                   {"counted with"}});
  for (const SplitFit& fit : audit.splits) {
    table.AddRow({fit.task, fit.split, std::to_string(fit.questions), std::to_string(fit.whole),
                  std::to_string(fit.cells), FixedText(100 * fit.chance, 0) + " %",
                  fit.cells == 0 ? "-" : ProbabilityText(fit.p), fit.chosen ? "yes" : ""});
  }
  return table;
}

std::string CheckText(const AverageAudit& average) {
  if (!average.check) {
    return "-";
  }
  switch (*average.check) {
    case AverageCheck::kRounded:
      return "yes";
    case AverageCheck::kOfUnrounded:
      return "of unrounded entries";
    case AverageCheck::kImpossible:
      return "NO";
  }
  Fail("an average check of number ", static_cast<int>(*average.check));
}

TextTable AverageTable(const TableAudit& audit) {
  TextTable table({{"row"},
                   {"printed", Align::kRight},
                   {"recomputed", Align::kRight},
                   {"agrees"},
                   {"± stderr", Align::kRight}});
  for (const AverageAudit& average : audit.averages) {
    table.AddRow({average.row, average.printed.empty() ? "-" : average.printed,
                  FixedText(average.recomputed, 4), CheckText(average), FixedText(average.standard_error)});
  }
  return table;
}

TextTable QuestionTable(const TableAudit& audit) {
  std::vector<TextTable::Column> columns = {{"best row"}, {"less"}};
  for (const std::string& task : audit.tasks) {
    columns.push_back({task, Align::kRight});
  }
  columns.push_back({"sum", Align::kRight});
  columns.push_back({"average", Align::kRight});
  TextTable table(columns);
  for (const RowPair& pair : audit.best) {
    std::vector<std::string> cells = {pair.b, pair.a};
    for (const std::string& task : audit.tasks) {
      cells.push_back(SignedText(static_cast<double>(pair.questions.at(task).nearest), 0));
    }
    cells.push_back(SignedText(static_cast<double>(pair.sum.nearest), 0));
    cells.push_back(SignedText(pair.macro));
    table.AddRow(std::move(cells));
  }
  return table;
}

const UnpairedScore& WholeOf(const UnpairedComparison& comparison) {
  return comparison.average ? *comparison.average : comparison.tasks.front();
}

TextTable SignificanceTable(const TableAudit& audit) {
  TextTable table({{"best row"},
                   {"less"},
                   {"average", Align::kRight},
                   {"z", Align::kRight},
                   {"p", Align::kRight},
                   {"Holm p", Align::kRight},
                   {"correlation needed", Align::kRight}});
  for (const UnpairedComparison& comparison : audit.significance) {
    const UnpairedScore& score = WholeOf(comparison);
    table.AddRow({comparison.b, comparison.a, SignedText(100 * (score.b - score.a)), FixedText(score.z),
                  ProbabilityText(score.p), ProbabilityText(score.adjusted_p), NeededText(score.needed)});
  }
  return table;
}

OrderedJson SplitsJson(const TableAudit& audit) {
  OrderedJson json = OrderedJson::array();
  for (const SplitFit& fit : audit.splits) {
    json.push_back({{"task", fit.task},
                    {"split", fit.split},
                    {"questions", fit.questions},
                    {"entries", fit.cells},
                    {"whole", fit.whole},
                    {"chance", fit.chance},
                    {"p", fit.p},
                    {"chosen", fit.chosen}});
  }
  return json;
}

OrderedJson AveragesJson(const TableAudit& audit) {
  OrderedJson json = OrderedJson::array();
  for (const AverageAudit& average : audit.averages) {
    json.push_back(
        {{"row", average.row},
         {"printed", average.printed.empty() ? OrderedJson(nullptr) : OrderedJson(average.printed)},
         {"recomputed", ToJsonOrNull(average.recomputed)},
         {"agrees", average.check ? OrderedJson(CheckText(average)) : OrderedJson(nullptr)},
         {"stderr", ToJsonOrNull(average.standard_error)}});
  }
  return json;
}

OrderedJson PairsJson(const TableAudit& audit) {
  OrderedJson json = OrderedJson::array();
  for (const RowPair& pair : audit.best) {
    OrderedJson questions = OrderedJson::object();
    for (const std::string& task : audit.tasks) {
      questions[task] = pair.questions.at(task).nearest;
    }
    json.push_back({{"best", pair.b},
                    {"other", pair.a},
                    {"average", pair.macro},
                    {"questions", questions},
                    {"sum", pair.sum.nearest},
                    {"sum_range", {pair.sum.low, pair.sum.high}}});
  }
  return json;
}

}  // namespace

std::string AuditText(const TableAudit& audit, TableFormat format) {
  const Findings findings = BySeverity(audit.findings);
  if (format == TableFormat::kCsv) {
    return FindingsCsv(findings);
  }
  std::string text = TitleText("Audit of " + audit.origin, format) + "\n" + FindingsText(findings, format);
  const auto add = [&](const char* title, const TextTable& table) {
    text += TitleText(title, format) + table.ToText(format) + "\n";
  };
  add("Entries that are a whole number of questions", SplitTable(audit));
  add("Averages, percent", AverageTable(audit));
  if (!audit.best.empty()) {
    add("The best row's right answers less another's", QuestionTable(audit));
    add("The best row's average less another's, as if their answers were independent",
        SignificanceTable(audit));
  }
  text.pop_back();
  return text;
}

OrderedJson AuditJson(const TableAudit& audit) {
  OrderedJson findings = OrderedJson::array();
  for (const Finding& finding : BySeverity(audit.findings)) {
    findings.push_back({{"severity", NameOf(finding.severity)},
                        {"kind", finding.kind},
                        {"where", finding.where},
                        {"finding", finding.text},
                        {"how", finding.how}});
  }
  return {{"table", audit.origin},
          {"findings", findings},
          {"splits", SplitsJson(audit)},
          {"averages", AveragesJson(audit)},
          {"best", PairsJson(audit)}};
}

}  // namespace vffn
