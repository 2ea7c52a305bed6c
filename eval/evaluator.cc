#include "eval/evaluator.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "eval/ordered_scorer.h"
#include "eval/running_score.h"
#include "eval/task_hash.h"

namespace vffn {
namespace {

/// A doc of the plan.
struct Place {
  size_t task = 0;
  size_t doc = 0;
};

/// Ends the progress line also when the scorer throws, so that the message has a line of its own.
struct FinishAtEnd {
  Progress& progress;
  ~FinishAtEnd() {
    progress.Label("scoring");
    progress.Note("");
    progress.Finish();
  }
};

void CheckTask(const TaskRun& run) {
  VFFN_CHECK(!run.examples.empty(), run.name, ": there are no docs to score");
  VFFN_CHECK(run.examples.size() == run.docs.size() && run.examples.size() == run.requests.size(), run.name,
             ": ", run.examples.size(), " examples, ", run.docs.size(), " docs, ", run.requests.size(),
             " requests");
  int64_t previous = -1;
  for (size_t i = 0; i < run.examples.size(); ++i) {
    const Example& example = run.examples[i];
    const int64_t doc_id = example.doc_id;
    VFFN_CHECK(doc_id == run.requests[i].doc_id, run.name, ": the requests of doc ", run.requests[i].doc_id,
               " stand beside doc ", doc_id);
    VFFN_CHECK(doc_id > previous && doc_id < run.data_set_size, run.name, ": doc ", doc_id, " after doc ",
               previous, " in a data set of ", run.data_set_size);
    VFFN_CHECK(!example.choices.empty(), run.name, ", doc ", doc_id, ": no choices");
    VFFN_CHECK(example.gold >= 0 && static_cast<size_t>(example.gold) < example.choices.size(), run.name,
               ", doc ", doc_id, ": the gold index is ", example.gold, " of ", example.choices.size(),
               " choices");
    const RequestDoc& requests = run.requests[i];
    VFFN_CHECK(requests.choices() == example.choices.size() &&
                   requests.unconditional == example.unconditional.size(),
               run.name, ", doc ", doc_id, ": ", requests.requests.size(), " requests, of which ",
               requests.unconditional, " unconditional, for ", example.choices.size(), " choices and ",
               example.unconditional.size(), " unconditional texts");
    previous = doc_id;
  }
}

/// The docs that the ledger does not have, in the plan's order.
std::vector<Place> FindMissing(const EvaluationPlan& plan, const LedgerContents& ledger) {
  std::vector<Place> missing;
  for (size_t t = 0; t < plan.tasks.size(); ++t) {
    const TaskRun& run = plan.tasks[t];
    for (size_t i = 0; i < run.examples.size(); ++i) {
      const ScoredDoc* done = ledger.FindDoc(run.name, run.examples[i].doc_id);
      if (done == nullptr) {
        missing.push_back({t, i});
        continue;
      }
      VFFN_CHECK(
          done->gold == run.examples[i].gold && done->request_sha256 == RequestHash(run.requests[i]),
          ledger.origin, ": ", run.name, ", doc ", done->doc_id,
          " was scored with other tokens or another right answer than this program gives it (the ledger "
          "was begun by "
          "version ",
          ledger.header.program_version, "); choose another ledger");
    }
  }
  return missing;
}

int64_t CountDocs(const EvaluationPlan& plan) {
  int64_t count = 0;
  for (const TaskRun& run : plan.tasks) {
    count += static_cast<int64_t>(run.examples.size());
  }
  return count;
}

/// The progress line names the present task, "hellaswag (3 of 8)", and its score so far. Docs come in the
/// order of the plan, so the tasks one after the other.
class TaskProgress {
 public:
  TaskProgress(const EvaluationPlan& plan, const LedgerContents& before, Progress& progress)
      : plan_(plan), progress_(progress) {
    for (const TaskRun& run : plan.tasks) {
      RunningScore& score = scores_.emplace_back(*plan.profile, LedgerTaskOf(run));
      for (const RequestDoc& doc : run.requests) {
        if (const ScoredDoc* scored = before.FindDoc(run.name, doc.doc_id)) {
          score.Add(*scored);
        }
      }
    }
  }

  void Advance(size_t task, const ScoredDoc& doc) {
    if (task_ != task) {
      task_ = task;
      const size_t tasks = plan_.tasks.size();
      const std::string place =
          tasks > 1 ? " (" + std::to_string(task + 1) + " of " + std::to_string(tasks) + ")" : "";
      progress_.Label(plan_.tasks[task].name + place);
    }
    scores_[task].Add(doc);
    progress_.Note(scores_[task].Text());
    progress_.Advance();
  }

 private:
  const EvaluationPlan& plan_;
  Progress& progress_;
  std::vector<RunningScore> scores_;  // by task
  std::optional<size_t> task_;
};

/// Scores these docs into the ledger; returns how many were.
size_t ScorePlaces(const EvaluationPlan& plan, std::span<const Place> places, Scorer& scorer, Ledger& ledger,
                   TaskProgress& progress, const std::stop_token& stop) {
  std::vector<RequestDoc> requests;
  requests.reserve(places.size());
  for (const Place& place : places) {
    requests.push_back(plan.tasks[place.task].requests[place.doc]);
  }
  size_t scored = 0;
  OrderedScorer(scorer).Score(
      requests,
      [&](size_t index, std::vector<RequestScores> scores) {
        const Place& place = places[index];
        const TaskRun& run = plan.tasks[place.task];
        ScoredDoc doc = MakeScoredDoc(run.name, run.examples[place.doc], run.requests[place.doc], scores);
        progress.Advance(place.task, doc);
        ledger.Append(std::move(doc));
        ++scored;
      },
      stop);
  return scored;
}

/// Scores the missing docs into the ledger; returns how many are missing still. The calls to the scorer grow
/// until they take some seconds: what follows the last `save` may be lost, and workers wait at the end of a
/// call.
size_t ScoreMissing(const EvaluationPlan& plan, std::span<const Place> missing, Scorer& scorer,
                    Ledger& ledger, Progress& progress, const std::stop_token& stop,
                    const std::function<void()>& save) {
  using Clock = std::chrono::steady_clock;
  constexpr auto kLeast = std::chrono::seconds(10), kMost = std::chrono::seconds(40);
  size_t at_once = save ? 32 : missing.size();
  TaskProgress tasks(plan, ledger.contents(), progress);
  const FinishAtEnd finish{progress};
  while (!missing.empty() && !stop.stop_requested()) {
    const Clock::time_point start = Clock::now();
    const std::span<const Place> places = missing.first(std::min(at_once, missing.size()));
    const size_t scored = ScorePlaces(plan, places, scorer, ledger, tasks, stop);
    if (save) {
      save();
    }
    VFFN_CHECK(scored == places.size() || stop.stop_requested(), "the scorer returned without scores for ",
               places.size() - scored, " of ", places.size(), " docs");
    missing = missing.subspan(scored);
    const Clock::duration seconds = Clock::now() - start;
    if (seconds < kLeast) {
      at_once *= 2;
    } else if (seconds > kMost) {
      at_once = std::max<size_t>(1, at_once / 2);
    }
  }
  return missing.size();
}

/// The scores of a doc of the plan.
using FindScores = std::function<const ScoredDoc*(const Place& place)>;

Results ResultsOfPlan(const EvaluationPlan& plan, const RunIdentity& identity, const FindScores& find) {
  std::vector<TaskDocs> tasks;
  for (size_t t = 0; t < plan.tasks.size(); ++t) {
    TaskDocs task{.task = LedgerTaskOf(plan.tasks[t])};
    for (size_t i = 0; i < plan.tasks[t].examples.size(); ++i) {
      task.docs.push_back(find({t, i}));
    }
    tasks.push_back(std::move(task));
  }
  Results results = ComputeResults(*plan.profile, identity, tasks);
  for (size_t t = 0; t < plan.tasks.size(); ++t) {
    results.tasks[t].task_hash = TaskHash(plan.tasks[t]);
  }
  return results;
}

void CheckPlan(const EvaluationPlan& plan) {
  VFFN_CHECK(plan.profile != nullptr && !plan.tasks.empty(),
             "there is nothing to evaluate: no profile or no task");
  std::set<std::string> names;
  for (const TaskRun& run : plan.tasks) {
    VFFN_CHECK(names.insert(run.name).second, run.name, " is asked for twice");
    CheckTask(run);
  }
}

}  // namespace

LedgerTask LedgerTaskOf(const TaskRun& run) {
  return {.name = run.name,
          .split = run.split,
          .data_sha256 = run.data_sha256,
          .data_set_size = run.data_set_size,
          .docs = static_cast<int64_t>(run.examples.size()),
          .metrics = run.metrics,
          .shots = run.shots};
}

void ScoreDocs(const EvaluationPlan& plan, Scorer& scorer, Ledger& ledger, Progress& progress,
               const std::stop_token& stop, const std::function<void()>& save) {
  CheckPlan(plan);
  CheckHoldsTokensOf(*plan.profile, ledger.contents().header.identity, ledger.path().string());
  for (const TaskRun& run : plan.tasks) {
    ledger.BeginTask(LedgerTaskOf(run));
  }
  const std::vector<Place> missing = FindMissing(plan, ledger.contents());
  const int64_t total = CountDocs(plan);
  int64_t left = 0;
  if (!missing.empty()) {
    progress.Start("scoring", "docs", total, total - static_cast<int64_t>(missing.size()));
    left = static_cast<int64_t>(ScoreMissing(plan, missing, scorer, ledger, progress, stop, save));
  }
  ledger.Sync();
  if (left > 0) {
    throw Interrupted("interrupted: " + std::to_string(total - left) + " of " + std::to_string(total) +
                      " docs are in " + ledger.path().string() +
                      "; the same command with --resume goes on from there");
  }
}

Results Evaluate(const EvaluationPlan& plan, Scorer& scorer, Ledger& ledger, Progress& progress,
                 std::stop_token stop) {
  ScoreDocs(plan, scorer, ledger, progress, stop);
  return ResultsOfPlan(plan, ledger.contents().header.identity, [&](const Place& place) {
    const TaskRun& run = plan.tasks[place.task];
    return ledger.contents().FindDoc(run.name, run.examples[place.doc].doc_id);
  });
}

Results EvaluateInMemory(const EvaluationPlan& plan, const RunIdentity& identity, Scorer& scorer,
                         std::stop_token stop) {
  CheckPlan(plan);
  std::vector<Place> places;
  std::vector<RequestDoc> requests;
  std::vector<std::vector<std::optional<ScoredDoc>>> scored(plan.tasks.size());
  for (size_t t = 0; t < plan.tasks.size(); ++t) {
    scored[t].resize(plan.tasks[t].requests.size());
    for (size_t i = 0; i < plan.tasks[t].requests.size(); ++i) {
      places.push_back({t, i});
      requests.push_back(plan.tasks[t].requests[i]);
    }
  }
  size_t left = places.size();
  scorer.Score(
      requests,
      [&](size_t index, std::vector<RequestScores> scores) {
        const Place& place = places.at(index);
        const TaskRun& run = plan.tasks[place.task];
        scored[place.task][place.doc] =
            MakeScoredDoc(run.name, run.examples[place.doc], run.requests[place.doc], scores);
        --left;
      },
      stop);
  if (left > 0 && stop.stop_requested()) {
    throw Interrupted("interrupted while tasks were scored");
  }
  VFFN_CHECK(left == 0, "the scorer returned without scores for ", left, " of ", places.size(), " docs");
  return ResultsOfPlan(plan, identity, [&](const Place& place) { return &*scored[place.task][place.doc]; });
}

}  // namespace vffn
