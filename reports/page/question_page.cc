#include "reports/page/question_page.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "reports/page/column_file.h"

namespace vffn {
namespace {

/// The pieces of all tokens, each once.
class Pieces {
 public:
  uint32_t IndexOf(const std::string& piece) {
    const auto [entry, is_new] = indices_.emplace(piece, static_cast<uint32_t>(indices_.size()));
    if (is_new) {
      bytes_.insert(bytes_.end(), piece.begin(), piece.end());
      begins_.push_back(static_cast<uint32_t>(bytes_.size()));
    }
    return entry->second;
  }

  void AddTo(ColumnFile& file) const {
    file.Add("piece_bytes", std::span(bytes_));
    file.Add("piece_begin", std::span(begins_));
  }

 private:
  std::map<std::string, uint32_t> indices_;
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> begins_ = {0};
};

struct CodedValues {
  std::vector<uint8_t> codes;
  std::vector<float> values;  // of each code
};

/// Exact where the values are few; else 256 levels between the least and the greatest.
CodedValues CodeValues(const std::vector<float>& numbers) {
  CodedValues coded;
  std::map<float, uint8_t> code_of;
  for (const float number : numbers) {
    if (code_of.size() > 256) {
      break;
    }
    code_of.emplace(number, 0);
  }
  if (code_of.size() <= 256) {
    for (auto& [value, code] : code_of) {
      code = static_cast<uint8_t>(coded.values.size());
      coded.values.push_back(value);
    }
    for (const float number : numbers) {
      coded.codes.push_back(code_of[number]);
    }
    return coded;
  }
  const auto [least, greatest] = std::ranges::minmax(numbers);
  const float step = (greatest - least) / 255;
  for (int code = 0; code < 256; ++code) {
    coded.values.push_back(least + step * static_cast<float>(code));
  }
  for (const float number : numbers) {
    coded.codes.push_back(static_cast<uint8_t>(std::lround((number - least) / step)));
  }
  return coded;
}

/// The columns of one model.
class ModelColumns {
 public:
  explicit ModelColumns(const QuestionModel& model) : model_(model) {}

  void AddQuestion(const Question& question, const ModelAnswer& answer, Pieces& pieces) {
    where_ = question.task + "/" + std::to_string(question.doc_id) + " under " + model_.name;
    Require(!answer.contexts.empty() && !answer.choices.empty(), "no context or no choice");
    Require(answer.contexts.size() < 256 && answer.choices.size() < 256, "more than 255 choices");
    Require(answer.predicted < answer.choices.size(), "the predicted choice is none of its choices");
    Require(question.gold < answer.choices.size(), "the gold choice is none of its choices");
    for (const QuestionTokens& context : answer.contexts) {
      Require(context.log_probs.empty(), "a context with log-probabilities");
      AddTokens(context, pieces);
    }
    for (const QuestionChoice& choice : answer.choices) {
      Require(choice.context < answer.contexts.size(), "a choice whose context is not there");
      Require(choice.continuation.log_probs.size() == choice.continuation.pieces.size(),
              "a continuation with fewer or more log-probabilities than tokens");
      Require(std::isfinite(choice.score) || choice.score < 0, "a score that is no number");
      AddTokens(choice.continuation, pieces);
      choice_context_.push_back(static_cast<uint8_t>(choice.context));
      choice_score_.push_back(choice.score);
    }
    contexts_.push_back(static_cast<uint8_t>(answer.contexts.size()));
    predicted_.push_back(static_cast<uint8_t>(answer.predicted));
    sequence_begin_.push_back(static_cast<uint32_t>(token_begin_.size() - 1));
  }

  void AddTo(ColumnFile& file, const std::string& prefix) const {
    file.Add(prefix + "contexts", std::span(contexts_));
    file.Add(prefix + "predicted", std::span(predicted_));
    file.Add(prefix + "sequence_begin", std::span(sequence_begin_));
    file.Add(prefix + "choice_context", std::span(choice_context_));
    file.Add(prefix + "choice_score", std::span(choice_score_));
    file.Add(prefix + "token_begin", std::span(token_begin_));
    file.Add(prefix + "tokens", std::span(tokens_));
    file.Add(prefix + "log_probs", std::span(log_probs_));
    file.Add(prefix + "loops", std::span(loops_));
    const CodedValues lambda = CodeValues(lambda_);
    file.Add(prefix + "lambda", std::span(lambda.codes));
    file.Add(prefix + "lambda_values", std::span(lambda.values));
    file.Add(prefix + "experts", std::span(experts_));
  }

 private:
  void Require(bool ok, const char* what) const { VFFN_CHECK(ok, "question ", where_, ": ", what); }

  template <class T>
  void AddTrace(const std::vector<T>& values, size_t per_token, size_t tokens, const char* what,
                std::vector<T>& column) {
    Require(values.size() == per_token * tokens, what);
    column.insert(column.end(), values.begin(), values.end());
  }

  void AddTokens(const QuestionTokens& sequence, Pieces& pieces) {
    const size_t tokens = sequence.pieces.size();
    for (const std::string& piece : sequence.pieces) {
      tokens_.push_back(pieces.IndexOf(piece));
    }
    token_begin_.push_back(static_cast<uint32_t>(tokens_.size()));
    for (const float log_prob : sequence.log_probs) {
      Require(std::isfinite(log_prob), "a log-probability that is no finite number");
    }
    log_probs_.insert(log_probs_.end(), sequence.log_probs.begin(), sequence.log_probs.end());
    log_probs_.resize(tokens_.size());
    for (const uint8_t loops : sequence.loops) {
      Require(loops <= model_.max_loops, "a loop count out of range");
    }
    for (const float lambda : sequence.lambda) {
      Require(lambda >= 0 && lambda <= 1, "a lambda out of 0..1");
    }
    for (const uint8_t expert : sequence.experts) {
      Require(expert < model_.experts || expert == kNoExpert, "an expert out of range");
    }
    const size_t looped = model_.max_loops > 0 ? model_.layers : 0;
    AddTrace(sequence.loops, looped, tokens, "loops that are not [tokens, layers]", loops_);
    const size_t gated = model_.max_loops > 0 && model_.experts > 0 ? model_.layers : 0;
    AddTrace(sequence.lambda, gated, tokens, "lambdas that are not [tokens, layers]", lambda_);
    AddTrace(sequence.experts, model_.experts > 0 ? model_.layers * model_.top_k : 0, tokens,
             "experts that are not [tokens, layers, top-k]", experts_);
  }

  const QuestionModel& model_;
  std::string where_;
  std::vector<uint8_t> contexts_, predicted_;   // [questions]
  std::vector<uint32_t> sequence_begin_ = {0};  // [questions + 1] contexts, then continuations
  std::vector<uint8_t> choice_context_;         // [choices]
  std::vector<double> choice_score_;            // [choices]
  std::vector<uint32_t> token_begin_ = {0};     // [sequences + 1]
  std::vector<uint32_t> tokens_;                // [tokens] pieces
  std::vector<float> log_probs_;                // [tokens] 0 in contexts
  std::vector<uint8_t> loops_;                  // [tokens, layers]
  std::vector<float> lambda_;                   // [tokens, layers]
  std::vector<uint8_t> experts_;                // [tokens, layers, top_k]
};

/// The index of a name in a list, where it is added if it is new.
uint8_t IndexIn(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    names.push_back(name);
    VFFN_CHECK(names.size() <= 256, "a page of questions from more than 256 tasks or metrics");
    return static_cast<uint8_t>(names.size() - 1);
  }
  return static_cast<uint8_t>(found - names.begin());
}

std::vector<JsonText> ModelFacts(const QuestionPage& page) {
  std::vector<JsonText> facts;
  for (const QuestionModel& model : page.models) {
    facts.push_back(JsonText::Object({{"name", model.name},
                                      {"layers", model.layers},
                                      {"max_loops", model.max_loops},
                                      {"experts", model.experts},
                                      {"top_k", model.top_k}}));
  }
  return facts;
}

}  // namespace

std::string EncodeQuestions(const QuestionPage& page) {
  VFFN_CHECK(page.models.size() == 1 || page.models.size() == 2,
             "the question browser shows one or two models, not ", page.models.size());
  Pieces pieces;
  std::vector<ModelColumns> models(page.models.begin(), page.models.end());
  std::vector<std::string> tasks, metrics;
  std::vector<uint8_t> task, metric, gold;
  std::vector<double> doc_id;
  for (const Question& question : page.questions) {
    VFFN_CHECK(question.answers.size() == models.size(), "question ", question.task, "/", question.doc_id,
               ": ", question.answers.size(), " answers of ", models.size(), " models");
    task.push_back(IndexIn(tasks, question.task));
    metric.push_back(IndexIn(metrics, question.metric));
    doc_id.push_back(static_cast<double>(question.doc_id));
    for (size_t i = 0; i < models.size(); ++i) {
      models[i].AddQuestion(question, question.answers[i], pieces);
    }
    gold.push_back(static_cast<uint8_t>(question.gold));
  }
  ColumnFile file;
  file.AddFact("models", ModelFacts(page));
  file.AddFact("tasks", tasks);
  file.AddFact("metrics", metrics);
  file.Add("task", std::span<const uint8_t>(task));
  file.Add("metric", std::span<const uint8_t>(metric));
  file.Add("gold", std::span<const uint8_t>(gold));
  file.Add("doc_id", std::span<const double>(doc_id));
  pieces.AddTo(file);
  for (size_t i = 0; i < models.size(); ++i) {
    models[i].AddTo(file, std::string("m").append(std::to_string(i)).append("_"));
  }
  return file.Deflated();
}

}  // namespace vffn
