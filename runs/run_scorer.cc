#include "runs/run_scorer.h"

#include <map>
#include <string>
#include <utility>

namespace vffn {

RunScorer::RunScorer(TransformerScorer& scorer, EvalTrace& trace, std::chrono::steady_clock::time_point start)
    : scorer_(scorer), trace_(trace), start_(start) {
  trace_.AttachTo(scorer_);
}

void RunScorer::Score(std::span<const RequestDoc> docs, const Done& done, std::stop_token stop) {
  trace_.Expect(docs);
  scorer_.Score(
      docs,
      [&](size_t index, std::vector<RequestScores> scores) {
        if (!seconds_to_first_score_) {
          seconds_to_first_score_ =
              std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
        }
        done(index, std::move(scores));
      },
      std::move(stop));
  trace_.Release();
}

ScoringRecord RunScorer::Record() const {
  const ScoringStatistics statistics = scorer_.statistics();
  std::map<std::string, TaskScoring> tasks;
  for (const auto& [name, task] : statistics.tasks) {
    tasks[name] = {.docs = task.docs, .trie_tokens = task.trie_tokens, .seconds = task.seconds};
  }
  return {.workers = scorer_.workers(),
          .seconds_to_first_score = seconds_to_first_score_,
          .seconds_scoring = statistics.seconds,
          .docs = statistics.docs,
          .query_tokens = statistics.query_tokens,
          .trie_tokens = statistics.trie_tokens,
          .scored_tokens = statistics.scored_tokens,
          .head_rows = statistics.head_rows,
          .visible_pairs = statistics.visible_pairs,
          .window_pairs = statistics.window_pairs > 0 ? std::optional(statistics.window_pairs) : std::nullopt,
          .necessary_flops = statistics.flops.total(),
          .tasks = std::move(tasks),
          .executed = statistics.executed};
}

}  // namespace vffn
