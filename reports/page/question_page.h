// The question browser's input: what one or two models said about every question, token by token.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vffn {

inline constexpr uint8_t kNoExpert = 255;  ///< the width branch did not run

/// One sequence of T tokens under one model of L layers whose width branch picks K experts. What a model does
/// not have is empty.
struct QuestionTokens {
  std::vector<std::string> pieces;  ///< [T] bytes; need not be UTF-8 one by one
  std::vector<float> log_probs;     ///< [T] natural; empty for contexts
  std::vector<uint8_t> loops;       ///< [T, L] 1..max_loops; 0: the token was predicted, but never run
  std::vector<float> lambda;        ///< [T, L] 0..1
  std::vector<uint8_t> experts;     ///< [T, L, K] indices or kNoExpert
};

struct QuestionChoice {
  size_t context = 0;  ///< in ModelAnswer::contexts
  QuestionTokens continuation;
  double score = 0;  ///< under the question's metric
};

struct ModelAnswer {
  std::vector<QuestionTokens> contexts;  ///< one if all choices share it, as most tasks' do
  std::vector<QuestionChoice> choices;
  size_t predicted = 0;
};

struct Question {
  std::string task;
  int64_t doc_id = 0;
  size_t gold = 0;
  std::string metric;                ///< whose scores these are: "len_norm"
  std::vector<ModelAnswer> answers;  ///< [models]
};

/// Zero for what a model does not have: a dense model has layers and nothing else.
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

/// All of it for question_data.js: columns, deflated, in base64. Lambda keeps its values where there are at
/// most 256 of them, else 8 bits between the least and the greatest. Throws Error naming the question on
/// sizes that do not fit together, indices out of range, or numbers that are not finite.
std::string EncodeQuestions(const QuestionPage& page);

}  // namespace vffn
