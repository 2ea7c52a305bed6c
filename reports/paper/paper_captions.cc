#include "reports/paper/paper_captions.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/error.h"
#include "reports/tables/latex_text.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

std::string LegendOf(Verdict verdict, const VerdictRule& rule) {
  switch (verdict) {
    case Verdict::kNone:
      return "";
    case Verdict::kSame:
      return "same as the published number (the same digits, or within " + FixedText(100 * rule.margin) +
             " points; losses: " + FixedText(rule.loss_margin, 3) + ")";
    case Verdict::kDiffers:
      return "differs from the published number ($p<" + FixedText(rule.alpha) +
             "$, Holm; exact numbers: other digits)";
    case Verdict::kCannotTell:
      return "neither can be shown with this number of questions";
    case Verdict::kIncomparable:
      return "not comparable with the published loss, which is of another text";
  }
  Fail("a verdict of number ", static_cast<int>(verdict));
}

/// Nothing for whole splits.
std::string QuestionsText(const std::set<int64_t>& questions) {
  if (questions.empty()) {
    return "";
  }
  const std::string least = std::to_string(*questions.begin()), most = std::to_string(*questions.rbegin());
  return ", on " + (questions.size() == 1 ? least : least + " to " + most) +
         " questions of a task, not on whole splits";
}

/// What stands in the rows, and how it was measured.
std::string Sources(const CaptionFacts& facts) {
  const std::string profile = LatexText(JoinedText(facts.profiles, ", "));
  std::string text;
  if (facts.has_published) {
    text += " Published: numbers as printed in the paper.";
  }
  if (facts.has_ours && !facts.profiles.empty()) {
    text += facts.has_published ? " Ours: measured" : " Measured";
    text += " with vffn under the profile" + std::string(facts.profiles.size() > 1 ? "s " : " ") + profile +
            QuestionsText(facts.questions) + ".";
  }
  return text;
}

/// What the cells of a table show.
struct Shown {
  bool errors = false, intervals = false, impossible = false, missing = false;

  explicit Shown(const PaperTable& table) {
    for (const PaperGroup& group : table.groups) {
      for (const PaperBlock& block : group) {
        for (const PaperLine& line : block.lines) {
          for (const PaperCell& cell : line.cells) {
            errors = errors || !cell.subscript.empty();
            intervals = intervals || cell.subscript.starts_with('[');
            impossible = impossible || cell.mark == kImpossibleMark;
            missing = missing || cell.number.empty();
          }
        }
      }
    }
  }
};

std::string Ranks(const PaperTable& table) {
  if (!HasRanks(table)) {
    return "";
  }
  std::vector<std::string> names = UnrankedNumbers(table);
  std::ranges::transform(names, names.begin(), LatexText);
  return " The best number of a column is bold, the second best underlined" +
         (names.empty() ? std::string() : "; not ranked: " + JoinedText(names, ", ")) + ".";
}

std::string Subscripts(const Shown& shown) {
  constexpr const char* kIntervals = "95\\,\\% Wilson intervals where all answers are right or all are wrong";
  return !shown.errors ? ""
                       : std::string(" Subscripts: standard errors") +
                             (shown.intervals ? std::string(", or ") + kIntervals : "") + ".";
}

std::string Marks(const CaptionFacts& facts, bool impossible, const VerdictRule& rule) {
  std::string text;
  const auto add = [&](const std::string& mark, const std::string& meaning) {
    text += (text.empty() ? " $^{" : "; $^{") + mark + "}$: " + meaning;
  };
  for (const Verdict verdict : facts.verdicts) {
    add(FootnoteMark(verdict), LegendOf(verdict, rule));
  }
  if (impossible) {
    add(kImpossibleMark, "no whole number of questions gives this percentage");
  }
  return text.empty() ? "" : text + ".";
}

}  // namespace

std::string ShortColumnName(const std::string& column) {
  static const std::map<std::string, std::string> names = {
      {"piqa", "PIQA"},
      {"hellaswag", "HSwag"},
      {"openbookqa", "OBQA"},
      {"sciq", "SciQ"},
      {"arc_easy", "ARC-e"},
      {"arc_challenge", "ARC-c"},
      {"commonsense_qa", "CSQA"},
      {"winogrande", "WinoG."},
      {"boolq", "BoolQ"},
      {"social_iqa", "SIQA"},
      {"loss", "Loss"},
      {"average", "Avg."},
      {"parameters_millions", "Params (M)"},
      {"ffn_mflops", "FFN FLOPs (M)"},
      {"ffn_mflops_executed", "Executed (M)"},
  };
  const auto found = names.find(column);
  return found == names.end() ? column : found->second;
}

std::string ListedTasks(const std::vector<std::string>& tasks) {
  std::vector<std::string> names;
  std::ranges::transform(tasks, std::back_inserter(names), ShortColumnName);
  return LatexText(JoinedText(names, ", "));
}

void AddOnce(const std::string& text, std::vector<std::string>& texts) {
  if (std::ranges::find(texts, text) == texts.end()) {
    texts.push_back(text);
  }
}

const TaskFacts* FindTaskFacts(std::string_view task) {
  const auto tasks = Tasks();
  const auto found = std::ranges::find(tasks, task, [](const Task& one) { return one.facts.name; });
  return found == tasks.end() ? nullptr : &found->facts;
}

void CaptionFacts::AddRun(const MeasuredRun& run) {
  has_ours = true;
  AddOnce(run.profile, profiles);
  for (const MeasuredTask& task : run.tasks) {
    const TaskFacts* facts = FindTaskFacts(task.task);
    if (facts != nullptr && task.docs < facts->doc_count) {
      questions.insert(task.docs);
    }
  }
}

std::string CaptionOf(const CaptionFacts& facts, const VerdictRule& rule, const PaperTable& table) {
  const Shown shown(table);
  const auto sentence = [](const std::string& text) { return text.ends_with('.') ? text : text + "."; };
  return sentence(facts.subject) + (facts.average.empty() ? "" : " " + sentence("Avg.: " + facts.average)) +
         Sources(facts) + Ranks(table) + Subscripts(shown) + Marks(facts, shown.impossible, rule) +
         (shown.missing ? " ---: no number." : "");
}

std::string FootnoteMark(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone:
      return "";
    case Verdict::kSame:
      return "=";
    case Verdict::kDiffers:
      return "\\neq";
    case Verdict::kCannotTell:
      return "?";
    case Verdict::kIncomparable:
      return "\\sim";
  }
  Fail("a verdict of number ", static_cast<int>(verdict));
}

}  // namespace vffn
