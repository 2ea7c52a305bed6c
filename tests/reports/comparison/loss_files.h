// Files of losses for tests: documents of three sources, and a model that is better by some nats a token.
#pragma once

#include <filesystem>
#include <string>

#include "runs/losses/loss_file.h"

namespace vffn {

struct LossFileOptions {
  std::string model_sha256 = "model", tokenizer_sha256 = "tokenizer", text_sha256 = "text";
  LossWindow window = {.kind = WindowKind::kRolling, .length = 64, .stride = 64, .prefix = 1};
  int documents = 40;
  double gain = 0;        ///< nats a token that the model is better
  int tokens_factor = 1;  ///< of another tokenizer: so many times as many tokens
};

inline LossHeader HeaderOf(const LossFileOptions& options) {
  return {.identity = {.model_sha256 = options.model_sha256,
                       .tokenizer_sha256 = options.tokenizer_sha256,
                       .dtype = "float32",
                       .max_sequence_length = 64},
          .window = options.window,
          .text_sha256 = options.text_sha256,
          .program_version = "0.1.0",
          .model = "final"};
}

inline DocumentLoss LossOfDocument(int index, const LossFileOptions& options) {
  const int64_t tokens = 30 + index % 7 * 20;
  DocumentLoss loss{.id = "doc " + std::to_string(index),
                    .source = index % 4 == 0 ? "news.jsonl" : "wiki.jsonl"};
  loss.tokens = options.tokens_factor * tokens;
  loss.bytes = 4 * tokens;
  loss.words = tokens / 2;
  loss.characters = loss.bytes - 3;
  // Some documents gain more than others; one in nine loses.
  const double gain = options.gain * (index % 9 == 0 ? -1 : 1 + 0.1 * (index % 5));
  loss.nll = static_cast<double>(tokens) * (3 + 0.05 * (index % 11) - gain);
  return loss;
}

inline void WriteLossFile(const std::filesystem::path& path, const LossFileOptions& options) {
  std::filesystem::create_directories(path.parent_path());
  std::filesystem::remove(path);
  LossFile file(path, HeaderOf(options), LedgerMode::kNew);
  for (int i = 0; i < options.documents; ++i) {
    file.Append(i, LossOfDocument(i, options));
  }
}

}  // namespace vffn
