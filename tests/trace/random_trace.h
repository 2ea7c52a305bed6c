// Traces of docs that no model has seen.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "trace/trace_columns.h"
#include "trace/trace_header.h"

namespace vffn {

inline TraceHeader RandomTraceHeader(int64_t layers = 3) {
  TraceHeader header{.identity = {.model_sha256 = "model",
                                  .tokenizer_sha256 = "tokenizer",
                                  .dtype = "float32",
                                  .profile = "olmo",
                                  .max_sequence_length = 64,
                                  .ffn = "{}"},
                     .config = {.d_model = 64,
                                .n_layers = layers,
                                .n_heads = 4,
                                .n_kv_heads = 4,
                                .head_size = 16,
                                .ffn_hidden_size = 128,
                                .vocab_size = 512,
                                .max_sequence_length = 64,
                                .ffn = {.kind = FfnKind::kVersatile,
                                        .n_experts = 8,
                                        .top_k = 2,
                                        .expert_hidden_size = 16,
                                        .max_loops = 4}},
                     .model_name = "random",
                     .program_version = "0.1.0"};
  header.shape = TraceShapeOf(header.config, /*branches=*/true);
  return header;
}

/// Two requests that share a context of `context` tokens and have two tokens each.
inline DocTrace RandomDocTrace(const TraceShape& shape, const std::string& task, int64_t doc_id,
                               int context) {
  Random random(7, task + std::to_string(doc_id));
  const auto below = [&](int64_t n) {
    return static_cast<int64_t>(random.Uniform() * static_cast<double>(n));
  };
  DocTrace doc{.task = task, .doc_id = doc_id, .nodes_run = context + 2};
  const auto add = [&](int32_t parent, int32_t choice, int32_t weight, int32_t scored) {
    doc.tokens.push_back(static_cast<int32_t>(below(50)));
    doc.parents.push_back(parent);
    doc.positions.push_back(parent < 0 ? 0 : doc.positions[parent] + 1);
    doc.choices.push_back(choice);
    doc.readers.push_back(weight);
    doc.scored.push_back(scored);
    doc.log_probs.emplace_back();
    if (shape.from_doc) {
      doc.from_doc.emplace_back();
      if (scored == 0 && below(4) > 0) {
        doc.from_doc.back() = below(2) == 0;
      }
    }
    if (scored > 0) {
      doc.log_probs.back() = -10 * static_cast<float>(random.Uniform());
    }
  };
  for (int32_t i = 0; i < context; ++i) {
    add(i - 1, 0, 2, 0);
  }
  for (int32_t choice = 0; choice < 2; ++choice) {
    add(context - 1, choice, 1, 1);
  }
  for (int32_t choice = 0; choice < 2; ++choice) {
    add(context + choice, choice, 0, 1);
  }
  for (int64_t pair = 0; pair < shape.layers * doc.nodes_run; ++pair) {
    if (shape.max_loops > 0) {
      doc.loop_counts.push_back(static_cast<uint8_t>(1 + below(shape.max_loops)));
    }
    const bool active = shape.max_loops == 0 || doc.loop_counts.back() < shape.max_loops;
    if (shape.lambda) {
      doc.lambdas.push_back(1.0F -
                            static_cast<float>(doc.loop_counts.back()) / static_cast<float>(shape.max_loops));
    }
    for (int64_t i = 0; shape.probabilities && i < shape.max_loops; ++i) {
      doc.loop_probabilities.push_back(static_cast<float>(random.Uniform()));
    }
    for (int64_t i = 0; i < shape.top_k; ++i) {
      doc.experts.push_back(active ? static_cast<int16_t>(below(shape.n_experts)) : int16_t{-1});
      doc.gate_weights.push_back(active ? static_cast<float>(random.Uniform()) : 0.0F);
    }
    if (shape.cosine) {
      doc.cosines.emplace_back();
      if (below(10) > 0) {
        doc.cosines.back() = 2 * static_cast<float>(random.Uniform()) - 1;
      }
    }
  }
  // Columns that need nothing of the others.
  VisitLayerColumns(shape, [&](const auto& column) {
    auto& values = doc.*column.values;
    const auto size = static_cast<size_t>(shape.layers * doc.nodes_run * column.width);
    while (values.size() < size) {
      using Value = typename std::decay_t<decltype(values)>::value_type;
      values.push_back(Value(static_cast<float>(column.low + (column.high - column.low) * random.Uniform())));
    }
  });
  return doc;
}

/// " 17" for even tokens, "17" for odd ones.
inline std::string RandomPiece(int32_t token) {
  return std::string(token % 2 == 0 ? " " : "").append(std::to_string(token));
}

}  // namespace vffn
