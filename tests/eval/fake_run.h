// A small evaluation without a model.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "eval/evaluator.h"

namespace vffn {

/// Scores that follow from the tokens alone, given out in an order of its own.
class FakeScorer : public Scorer {
 public:
  void Score(std::span<const RequestDoc> docs, const Done& done, std::stop_token stop) override {
    std::vector<size_t> order(docs.size());
    for (size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::shuffle(order.begin(), order.end(), std::mt19937(seed));
    for (const size_t index : order) {
      if (stop.stop_requested()) {
        return;
      }
      std::this_thread::sleep_for(delay);
      std::vector<RequestScores> scores;
      for (const Request& request : docs[index].requests) {
        scores.push_back(ScoresOf(request));
      }
      ++scored;
      before_done(docs[index]);
      done(index, std::move(scores));
    }
  }

  int64_t max_sequence_length() const override { return 64; }

  unsigned seed = 1;
  std::chrono::microseconds delay{0};
  std::function<void(const RequestDoc&)> before_done = [](const RequestDoc&) {};
  int64_t scored = 0;

 private:
  static RequestScores ScoresOf(const Request& request) {
    RequestScores scores;
    uint32_t state = 17;
    for (const TokenId id : request.context) {
      state = state * 31 + static_cast<uint32_t>(id);
    }
    for (const TokenId id : request.continuation) {
      state = state * 1664525 + static_cast<uint32_t>(id) + 1013904223;
      scores.log_probs.push_back(std::log(static_cast<float>(state >> 8 | 1) / 16777216.0F));
      scores.greedy.push_back(state >> 31);
    }
    return scores;
  }
};

inline TaskRun MakeTaskRun(const std::string& name, int docs, int choices, int data_set_size) {
  TaskRun run{
      .name = name, .split = "validation", .data_sha256 = "data of " + name, .data_set_size = data_set_size};
  for (int i = 0; i < docs; ++i) {
    Example example{.doc_id = i, .gold = i % choices};
    RequestDoc requests{.doc_id = i};
    const std::string question = "Question " + std::to_string(i) + " – " + name;
    for (int c = 0; c < choices; ++c) {
      example.choices.push_back({question, " ré" + std::string(1 + (i + c) % 5, 'x')});
      Request& request = requests.requests.emplace_back();
      request.context = {static_cast<TokenId>(name.size()), i};
      request.truncated = i == 3 ? 2 : 0;
      for (int t = 0; t <= c; ++t) {
        request.continuation.push_back(100 * i + 10 * c + t);
      }
    }
    run.examples.push_back(std::move(example));
    run.docs.push_back({{"question", question}, {"id", i}});
    run.requests.push_back(std::move(requests));
  }
  return run;
}

/// Gives every choice of a task an unconditional request.
inline void AddUnconditional(TaskRun& run) {
  for (size_t i = 0; i < run.examples.size(); ++i) {
    Example& example = run.examples[i];
    RequestDoc& requests = run.requests[i];
    requests.unconditional = example.choices.size();
    for (size_t c = 0; c < example.choices.size(); ++c) {
      example.unconditional.push_back({"Answer:", example.choices[c].continuation});
      requests.requests.push_back({.context = {7}, .continuation = requests.requests[c].continuation});
    }
  }
}

inline EvaluationPlan MakePlan(int docs = 40) {
  return {.profile = &FindProfile("olmo"),
          .tasks = {MakeTaskRun("piqa", docs, 2, 1838), MakeTaskRun("arc_easy", docs / 2, 4, 570)}};
}

inline LedgerHeader MakeHeader() {
  return {.identity = {.model_sha256 = "model",
                       .tokenizer_sha256 = "tokenizer",
                       .dtype = "float32",
                       .rendering = "olmo",
                       .encoding = "separate",
                       .max_sequence_length = 64},
          .program_version = "0.1.0",
          .provenance = {{"model_path", "m.gguf"}}};
}

/// Tells nobody.
struct SilentProgress : Progress {
  SilentProgress() : Progress({.write = [](std::string_view) {}}) {}
};

}  // namespace vffn
