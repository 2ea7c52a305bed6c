// What the authors' code computed from small models, as traces.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "tests/model/oracle.h"
#include "trace/trace_header.h"

namespace vffn {

struct OracleTrace {
  explicit OracleTrace(const std::string& name)
      : eval(name, "eval.safetensors"), meta(ReadOracleJson(name, "meta.json")), input(eval) {
    ModelConfig& config = header.config;
    config.d_model = meta["d_model"];
    config.n_layers = meta["n_layers"];
    config.n_heads = config.n_kv_heads = meta["n_heads"];
    config.head_size = config.d_model / config.n_heads;
    config.ffn_hidden_size = meta["ffn_hidden"];
    config.vocab_size = meta["vocab_size"];
    config.ffn = {.kind = FfnKind::kVersatile,
                  .n_experts = meta["total_experts"],
                  .top_k = meta["active_experts"],
                  .expert_hidden_size = meta["expert_segment"],
                  .max_loops = meta["max_loops"]};
    header.shape = TraceShapeOf(config, /*branches=*/false);
    for (int64_t b = 0; b < input.batch; ++b) {
      docs.push_back(Doc(b));
    }
  }

  OracleFile eval;
  Json meta;
  OracleInput input;
  TraceHeader header;
  std::vector<DocTrace> docs;  // a sequence each, without its padding; nothing is scored

 private:
  DocTrace Doc(int64_t b) const {
    const int64_t length = input.lengths[b];
    DocTrace doc{.task = "oracle", .doc_id = b, .nodes_run = length};
    for (int64_t t = 0; t < length; ++t) {
      doc.tokens.push_back(input.sequences[b][t]);
      doc.parents.push_back(static_cast<int32_t>(t - 1));
      doc.positions.push_back(static_cast<int32_t>(t));
      doc.choices.push_back(0);
      doc.readers.push_back(1);
      doc.scored.push_back(0);
      doc.log_probs.emplace_back();
    }
    for (int64_t layer = 0; layer < header.shape.layers; ++layer) {
      const std::string prefix = "layer." + std::to_string(layer) + ".";
      const auto real = [&](const auto& values, int64_t width, auto& to) {  // without padding
        for (int64_t i = b * input.length * width; i < (b * input.length + length) * width; ++i) {
          to.push_back(static_cast<typename std::decay_t<decltype(to)>::value_type>(values[i]));
        }
      };
      real(eval.Integers(prefix + "loop_count"), 1, doc.loop_counts);
      real(eval.Floats(prefix + "lambda"), 1, doc.lambdas);
      real(eval.Integers(prefix + "expert_indices"), header.shape.top_k, doc.experts);
      real(eval.Floats(prefix + "expert_weights"), header.shape.top_k, doc.gate_weights);
      std::vector<float> logits;
      real(eval.Floats(prefix + "depth_logits"), header.shape.max_loops, logits);
      AppendSoftmax(logits, header.shape.max_loops, doc.loop_probabilities);
    }
    return doc;
  }

  static void AppendSoftmax(const std::vector<float>& logits, int64_t width, std::vector<float>& to) {
    for (size_t i = 0; i < logits.size(); i += width) {
      double sum = 0;
      for (int64_t j = 0; j < width; ++j) {
        sum += std::exp(static_cast<double>(logits[i + j]));
      }
      for (int64_t j = 0; j < width; ++j) {
        to.push_back(static_cast<float>(std::exp(static_cast<double>(logits[i + j])) / sum));
      }
    }
  }
};

}  // namespace vffn
