#include "reports/reproduction/run_report.h"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "base/wrapped_list.h"
#include "reports/page/page_table.h"
#include "reports/reproduction/question_source.h"
#include "reports/reproduction/report_figures.h"
#include "reports/reproduction/report_files.h"
#include "reports/reproduction/training_log.h"
#include "reports/training/training_report.h"
#include "runs/folders/run_names.h"

namespace vffn {
namespace {

/// The questions of one run, or what they lack.
struct BrowsedRun {
  const FinishedRun* run = nullptr;
  RecordedPlan recorded;
  std::vector<std::string> missing;

  bool complete() const { return !recorded.plan.tasks.empty(); }
  QuestionSource source() const {
    return {.name = run->measured.Label(),
            .plan = &recorded.plan,
            .ledger = &*run->ledger,
            .tokenizer = recorded.tokenizer.tokenizer.get(),
            .trace = run->trace.get()};
  }
};

BrowsedRun ReadBrowsedRun(const FinishedRun& run, const PlanInputs& inputs) {
  BrowsedRun browsed{.run = &run};
  const RunFolder& folder = run.recorded.folder;
  if (!run.ledger) {
    browsed.missing = {folder.path().string() + " has no " + folder.ledger().filename().string() +
                       ", which has the scores of single questions"};
    return browsed;
  }
  browsed.recorded = ReadRecordedPlan(run.recorded, *run.ledger, inputs);
  browsed.missing = browsed.recorded.missing;
  return browsed;
}

std::string ListNames(std::span<const FinishedRun> runs) {
  std::vector<std::string> names;
  std::ranges::transform(runs, std::back_inserter(names),
                         [](const FinishedRun& run) { return run.measured.name; });
  return WrappedList("the runs are ", names);
}

constexpr size_t kMostShown = 2;  // models that share a question browser

/// The runs that the question browser may show, the preferred ones first: those that were named, or all.
std::vector<size_t> Candidates(std::span<const FinishedRun> runs, const std::vector<std::string>& names) {
  VFFN_CHECK(names.size() <= kMostShown, "the question browser shows one or two models, not ", names.size());
  std::vector<size_t> candidates;
  for (const std::string& name : names) {
    const auto found =
        std::ranges::find_if(runs, [&](const FinishedRun& run) { return run.measured.name == name; });
    VFFN_CHECK(found != runs.end(), "the question browser: no run has the name \"", name, "\"; ",
               ListNames(runs));
    candidates.push_back(static_cast<size_t>(found - runs.begin()));
  }
  for (size_t i = 0; names.empty() && i < runs.size(); ++i) {
    candidates.push_back(i);
  }
  return candidates;
}

/// What the question browser lacks, model by model.
struct MissingPart {
  std::string model, what;
};

PageSection MissingSection(const std::vector<MissingPart>& missing) {
  Table table({{"model", "model"}, {"what", "what is missing, and what to do"}},
              "Missing in the question browser");
  for (const MissingPart& part : missing) {
    table.AddRow("model", part.model, "what", part.what);
  }
  return {.id = "missing", .title = "What is missing", .tables = {ToPageTable(table)}};
}

/// Reads the questions of the runs to show, once for all pages.
class Browser {
 public:
  Browser(const RunReport& report, const RunReportOptions& options) : most_(options.questions) {
    for (const size_t index : Candidates(report.runs, options.browsed)) {
      if (runs_.size() == kMostShown) {
        break;
      }
      BrowsedRun run = ReadBrowsedRun(report.runs[index], options.inputs);
      for (const std::string& what : run.missing) {
        missing_.push_back({run.run->measured.Label(), what});
        std::cerr << "the question browser lacks, of " << run.run->measured.Label() << ": " << what << '\n';
      }
      if (run.complete()) {
        runs_.push_back(std::move(run));
      }
    }
  }

  const std::vector<BrowsedRun>& runs() const { return runs_; }
  const std::vector<MissingPart>& missing() const { return missing_; }

  /// Of both models, or of the first one if they have no question in common. Nothing if there are none.
  std::optional<QuestionPage> Together() {
    if (runs_.empty()) {
      return std::nullopt;
    }
    std::vector<QuestionSource> sources;
    std::ranges::transform(runs_, std::back_inserter(sources),
                           [](const BrowsedRun& run) { return run.source(); });
    QuestionPage page = MakeQuestionPage(sources, most_);
    if (page.questions.empty() && runs_.size() > 1) {
      missing_.push_back(
          {sources[0].name + ", " + sources[1].name,
           "there is no question that both have answered; those of the first are shown, and each "
           "has a page of its own"});
      page = Alone(runs_.front());
    }
    return page.questions.empty() ? std::nullopt : std::optional(std::move(page));
  }

  QuestionPage Alone(const BrowsedRun& run) const {
    const QuestionSource source = run.source();
    return MakeQuestionPage({&source, 1}, most_);
  }

 private:
  int64_t most_;
  std::vector<BrowsedRun> runs_;
  std::vector<MissingPart> missing_;
};

std::vector<MeasuredRun> MeasuredRuns(std::span<const FinishedRun> runs) {
  std::vector<MeasuredRun> measured;
  std::ranges::transform(runs, std::back_inserter(measured), &FinishedRun::measured);
  return measured;
}

/// "4-Loop, VersatileFFN", or "5 models".
std::string TitleOf(const Reproduction& reproduction) {
  constexpr size_t kMostNames = 3;
  std::vector<std::string> names;
  std::ranges::transform(reproduction.runs, std::back_inserter(names), &MeasuredRun::name);
  std::ranges::transform(reproduction.loss_runs, std::back_inserter(names), &LossRun::name);
  if (names.size() > kMostNames) {
    return std::to_string(names.size()) + " models";
  }
  std::string title;
  for (const std::string& name : names) {
    title += (title.empty() ? "" : ", ") + name;
  }
  return title;
}

ReportParts PartsOf(const RunReport& report, const RunReportOptions& options) {
  ReportParts parts{.title = options.title.empty() ? TitleOf(report.reproduction) : options.title,
                    .subtitle = options.subtitle,
                    .selection = options.selection,
                    .study = options.study,
                    .figures = options.figures,
                    .paired = PairedTables(report.paired),
                    .traces = TraceParts(report.runs, options.controlled.empty() ? FindControls(report.runs)
                                                                                 : options.controlled)};
  if (auto figure = AccuracyAgainstFlops(report.reproduction)) {
    parts.figures.push_back(*std::move(figure));
  }
  if (!options.training_log.empty()) {
    parts.figures.push_back(
        TrainingCurves(ReadTrainingLog(options.training_log), options.training_log.filename().string()));
  }
  if (!options.training.empty()) {
    parts.others = TrainingSections(options.training);
  }
  return parts;
}

/// The page of one of two models that share a page.
void WriteOwnPage(const BrowsedRun& run, const Browser& browser, const RunReportOptions& options,
                  const std::filesystem::path& folder) {
  const Reproduction alone = Reproduce({run.run->measured}, options.published, options.rule);
  WriteReportPage(
      alone, {.title = run.run->measured.name, .subtitle = options.subtitle, .questions = browser.Alone(run)},
      folder);
}

/// A folder for each run's own page: the last part of its folder's path (which may be "." or end with a
/// slash), or, where that is the same, the part that differs.
std::vector<std::string> PageFolders(const std::vector<BrowsedRun>& runs) {
  std::vector<NamedFolder> folders;
  for (const BrowsedRun& run : runs) {
    const std::filesystem::path path = std::filesystem::weakly_canonical(run.run->recorded.folder.path());
    folders.push_back({path.filename().string(), path});
  }
  std::vector<std::string> names = DistinctNames(folders);
  std::ranges::transform(names, names.begin(), FileNameOf);
  return names;
}

}  // namespace

RunReport MakeRunReport(ReportRuns runs, const RunReportOptions& options) {
  RunReport report{.reproduction = Reproduce(MeasuredRuns(runs.scored), options.published, options.rule)};
  report.reproduction.loss_runs = std::move(runs.losses);
  report.runs = std::move(runs.scored);
  const std::filesystem::path& data = options.inputs.data;
  report.paired = CompareRuns(report.reproduction.runs, data.empty() ? std::nullopt : std::optional(data));
  return report;
}

void WriteRunReport(const RunReport& report, const RunReportOptions& options,
                    const std::filesystem::path& folder) {
  Browser browser(report, options);
  WriteTables(report.reproduction, folder, options.selection);
  WritePaired(report.paired, folder);
  ReportParts parts = PartsOf(report, options);
  parts.questions = browser.Together();
  if (!browser.missing().empty()) {
    parts.others.push_back(MissingSection(browser.missing()));
  }
  WriteReportPage(report.reproduction, std::move(parts), folder);
  if (browser.runs().size() > 1) {
    const std::vector<std::string> names = PageFolders(browser.runs());
    for (size_t i = 0; i < names.size(); ++i) {
      WriteOwnPage(browser.runs()[i], browser, options, folder / "runs" / names[i]);
    }
  }
}

}  // namespace vffn
