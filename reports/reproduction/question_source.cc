#include "reports/reproduction/question_source.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "reports/traces/trace_ledger.h"

namespace vffn {
namespace {

using DocKey = std::pair<std::string, int64_t>;  // task, doc_id

/// Every doc that a source's plan asks for, by key.
std::map<DocKey, const RequestDoc*> DocsOf(const QuestionSource& source) {
  std::map<DocKey, const RequestDoc*> docs;
  for (const TaskRun& run : source.plan->tasks) {
    for (const RequestDoc& doc : run.requests) {
      docs.emplace(DocKey(run.name, doc.doc_id), &doc);
    }
  }
  return docs;
}

bool Answered(const QuestionSource& source, const DocKey& key) {
  if (source.ledger->FindDoc(key.first, key.second) == nullptr) {
    return false;
  }
  if (source.trace == nullptr) {
    return true;
  }
  const auto traced = source.trace->docs().find(key.first);
  return traced != source.trace->docs().end() && traced->second.contains(key.second);
}

/// The questions to show: those that have more than one choice.
std::vector<DocKey> Choose(std::span<const QuestionSource> sources, int64_t most_questions) {
  std::vector<std::vector<DocKey>> by_task;
  int64_t total = 0;
  for (const TaskRun& run : sources.front().plan->tasks) {
    std::vector<DocKey>& keys = by_task.emplace_back();
    for (const RequestDoc& doc : run.requests) {
      const DocKey key(run.name, doc.doc_id);
      if (doc.choices() > 1 &&
          std::ranges::all_of(sources, [&](const QuestionSource& source) { return Answered(source, key); })) {
        keys.push_back(key);
        ++total;
      }
    }
  }
  const auto share = static_cast<size_t>(
      std::max<int64_t>(1, most_questions / std::max<int64_t>(1, static_cast<int64_t>(by_task.size()))));
  std::vector<DocKey> chosen;
  for (std::vector<DocKey>& keys : by_task) {
    if (total > most_questions && keys.size() > share) {
      keys.resize(share);
    }
    chosen.insert(chosen.end(), keys.begin(), keys.end());
  }
  return chosen;
}

/// Whether the page shows the experts of such a model: it has a byte for an expert.
bool FitsPage(const TraceShape& shape) { return shape.n_experts > 0 && shape.n_experts <= kNoExpert; }

/// Where a doc's tokens are in its trace.
class TracedNodes {
 public:
  TracedNodes(const DocTrace& doc, const TraceShape& shape) : doc_(doc), shape_(shape) {
    for (int32_t node = 0; node < doc.nodes(); ++node) {
      children_.emplace(std::pair(doc.parents[node], doc.tokens[node]), node);
    }
  }

  /// The node of `token` after `parent`.
  int32_t Next(int32_t parent, TokenId token) const {
    const auto found = children_.find({parent, token});
    VFFN_CHECK(found != children_.end(), doc_.task, ", doc ", doc_.doc_id,
               ": the trace has other tokens than the task data give");
    return found->second;
  }

  void Add(int32_t node, QuestionTokens& tokens) const {
    const bool run = node < doc_.nodes_run;
    for (int64_t layer = 0; layer < shape_.layers; ++layer) {
      const int64_t at = layer * doc_.nodes_run + node;
      if (shape_.max_loops > 0) {
        tokens.loops.push_back(run ? doc_.loop_counts[at] : 0);
      }
      if (shape_.lambda) {
        tokens.lambda.push_back(run ? doc_.lambdas[at] : 0);
      }
      for (int64_t slot = 0; slot < (FitsPage(shape_) ? shape_.top_k : 0); ++slot) {
        const int16_t expert = run ? doc_.experts[at * shape_.top_k + slot] : int16_t{-1};
        tokens.experts.push_back(expert < 0 ? kNoExpert : static_cast<uint8_t>(expert));
      }
    }
  }

 private:
  const DocTrace& doc_;
  const TraceShape& shape_;
  std::map<std::pair<int32_t, TokenId>, int32_t> children_;
};

/// Texts of the tokens, and what the trace says of them; returns the last one's node.
int32_t AddTokens(const std::vector<TokenId>& ids, const Tokenizer& tokenizer, const TracedNodes* traced,
                  int32_t parent, QuestionTokens& tokens) {
  for (const TokenId id : ids) {
    tokens.pieces.push_back(tokenizer.TokenBytes(id));
    if (traced != nullptr) {
      parent = traced->Next(parent, id);
      traced->Add(parent, tokens);
    }
  }
  return parent;
}

/// The primary metric of the task, or acc if that is a loss: the metric that predicts a choice.
Metric AccuracyOf(const QuestionSource& source, const std::string& task) {
  const auto run = std::ranges::find(source.plan->tasks, task, &TaskRun::name);
  const bool states = run != source.plan->tasks.end() && run->metrics;
  const Metric metric = PerDoc((states ? *run->metrics : source.plan->profile->ForTask(task)).primary);
  return FactsOf(metric).accuracy ? metric : Metric::kAcc;
}

ModelAnswer AnswerOf(const QuestionSource& source, const RequestDoc& requests, const ScoredDoc& scored,
                     const DocTrace* trace) {
  VFFN_CHECK(scored.request_sha256 == RequestHash(requests) && scored.choices.size() == requests.choices(),
             source.ledger->origin, ": ", scored.task, ", doc ", scored.doc_id,
             " was scored with other tokens than the task data give");
  std::optional<TracedNodes> nodes;
  if (trace != nullptr) {
    nodes.emplace(*trace, source.trace->header().shape);
  }
  const TracedNodes* traced = nodes ? &*nodes : nullptr;
  const Profile& profile = *source.plan->profile;
  const Metric metric = AccuracyOf(source, scored.task);
  ModelAnswer answer{.predicted = static_cast<size_t>(Predict(metric, profile.length_rule, scored))};
  std::map<std::vector<TokenId>, std::pair<size_t, int32_t>> contexts;  // index, last node
  for (size_t i = 0; i < scored.choices.size(); ++i) {
    const Request& request = requests.requests[i];
    const auto [context, is_new] = contexts.emplace(request.context, std::pair(answer.contexts.size(), -1));
    if (is_new) {
      context->second.second =
          AddTokens(request.context, *source.tokenizer, traced, -1, answer.contexts.emplace_back());
    }
    QuestionChoice& choice = answer.choices.emplace_back();
    choice.context = context->second.first;
    choice.continuation.log_probs = scored.choices[i].log_probs;
    choice.score = ChoiceValue(metric, profile.length_rule, scored.choices[i]);
    AddTokens(request.continuation, *source.tokenizer, traced, context->second.second, choice.continuation);
  }
  return answer;
}

QuestionModel ModelOf(const QuestionSource& source) {
  QuestionModel model{.name = source.name};
  if (source.trace != nullptr) {
    const TraceShape& shape = source.trace->header().shape;
    model.layers = static_cast<size_t>(shape.layers);
    model.max_loops = static_cast<size_t>(shape.max_loops);
    if (FitsPage(shape)) {
      model.experts = static_cast<size_t>(shape.n_experts);
      model.top_k = static_cast<size_t>(shape.top_k);
    }
  }
  return model;
}

/// Fills one model's answers to the chosen questions.
void Answer(const QuestionSource& source, const std::map<DocKey, size_t>& places, QuestionPage& page) {
  const auto docs = DocsOf(source);
  const auto answer = [&](const DocKey& key, const DocTrace* trace) {
    const ScoredDoc& scored = *source.ledger->FindDoc(key.first, key.second);
    page.questions[places.at(key)].answers.push_back(AnswerOf(source, *docs.at(key), scored, trace));
  };
  if (source.trace == nullptr) {
    for (const auto& [key, place] : places) {
      answer(key, nullptr);
    }
    return;
  }
  CheckSameRun(source.ledger->header.identity, source.trace->header().identity, source.ledger->origin);
  source.trace->Read({.loop_counts = true, .lambdas = true, .experts = true}, [&](const DocTrace& doc) {
    if (const DocKey key(doc.task, doc.doc_id); places.contains(key)) {
      answer(key, &doc);
    }
  });
}

}  // namespace

QuestionPage MakeQuestionPage(std::span<const QuestionSource> sources, int64_t most_questions) {
  VFFN_CHECK(sources.size() == 1 || sources.size() == 2, "the question browser shows one or two models, not ",
             sources.size());
  QuestionPage page;
  std::map<DocKey, size_t> places;
  for (const DocKey& key : Choose(sources, most_questions)) {
    const ScoredDoc& scored = *sources.front().ledger->FindDoc(key.first, key.second);
    const Metric metric = AccuracyOf(sources.front(), key.first);
    places.emplace(key, page.questions.size());
    page.questions.push_back({.task = key.first,
                              .doc_id = key.second,
                              .gold = static_cast<size_t>(scored.gold),
                              .metric = std::string(FactsOf(metric).name)});
  }
  for (const QuestionSource& source : sources) {
    page.models.push_back(ModelOf(source));
    Answer(source, places, page);
  }
  return page;
}

}  // namespace vffn
