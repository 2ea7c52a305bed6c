// Input of the question browser: for every question, tokens, scores and traces of one or two models.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vffn {

inline constexpr uint8_t kNoExpert = 255;  ///< the width branch did not run

/// A sequence of T tokens under a model with L layers and K selected experts per token. Vectors are empty for
/// what a model does not have.
struct QuestionTokens {
  std::vector<std::string> pieces;  ///< [T] bytes; a single piece need not be UTF-8
  std::vector<float> log_probs;     ///< [T] natural; empty for contexts
  std::vector<uint8_t> loops;       ///< [T, L] 1..max_loops; 0: the token was only predicted
  std::vector<float> lambda;        ///< [T, L] 0..1
  std::vector<uint8_t> experts;     ///< [T, L, K] indices or kNoExpert
};

struct QuestionChoice {
  size_t context = 0;  ///< in ModelAnswer::contexts
  QuestionTokens continuation;
  double score = 0;  ///< under the question's metric; -infinity: an empty answer, which is never chosen
};

struct ModelAnswer {
  std::vector<QuestionTokens> contexts;  ///< one if all choices share it, as in most tasks
  std::vector<QuestionChoice> choices;
  size_t predicted = 0;
};

struct Question {
  std::string task;
  int64_t doc_id = 0;
  size_t gold = 0;
  std::string metric;                ///< of the scores: "len_norm"
  std::vector<ModelAnswer> answers;  ///< [models]
};

/// Numbers are 0 for what a model does not have: a dense model has layers only.
struct QuestionModel {
  std::string name;
  size_t layers = 0;
  size_t max_loops = 0;
  size_t experts = 0;
  size_t top_k = 0;
};

struct QuestionPage {
  std::vector<QuestionModel> models;  ///< one, or two to compare
  std::vector<Question> questions;
};

/// The data for question_data.js: columns, deflated, in base64. Lambda is exact if it has at most 256
/// distinct values; otherwise it has 8 bits between the least and the greatest. Throws Error, naming the
/// question, on inconsistent sizes, indices out of range, or numbers that are not finite.
std::string EncodeQuestions(const QuestionPage& page);

}  // namespace vffn
