// The columns of a trace, each described once. The schema of the file, writing, reading and checking follow
// from these lists. No Arrow here.
//
// To add a column of values per layer (per node: NodeColumn::present in the place of a width):
//   1. trace/doc_trace.h: a field of DocTrace, a flag of TraceColumns that asks for it, and a flag of
//      TraceShape that says whether a trace has it, set in TraceShapeOf (older files lack both);
//   2. this file: its line in VisitLayerColumns;
//   3. eval/pack_trace.cc: the line in Record that takes it from LayerTrace;
// and if LayerTrace does not have it yet,
//   4. model/ffn/ffn_output.h: a tensor of FfnDecisions;
//   5. the FFN that computes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trace/doc_trace.h"

namespace vffn {

/// One value per node. An absent optional is a null in the file.
template <class T>
struct NodeColumn {
  const char* name;                      ///< in files and messages
  std::vector<T> DocTrace::*values;      ///< [nodes]
  bool TraceColumns::*wanted = nullptr;  ///< whether a reader asks for it; null: it is always read
  bool is_continuous = false;            ///< values that hardly repeat: stored without a dictionary
  bool TraceShape::*present = nullptr;   ///< whether a trace has it; null: every trace

  bool IsIn(const TraceShape& shape) const { return present == nullptr || shape.*present; }
};

/// One value, or a list of values, per layer and node that ran. An absent optional is a null in the file.
template <class T>
struct LayerColumn {
  const char* name;
  std::vector<T> DocTrace::*values;  ///< [layers, nodes_run, width]
  bool TraceColumns::*wanted;
  int64_t width = 0;               ///< values per layer and node; 0: not in traces of this shape
  double low = 0, high = 0;        ///< every value lies in [low, high]
  bool is_list = false;            ///< a list of `width` values in the file, also if the width is 1
  bool is_continuous = false;      ///< as in NodeColumn
  bool zero_if_missing = false;    ///< in files of every shape, with 0 instead of null
  const char* old_name = nullptr;  ///< in files of the first schema; null: the same
};

/// Calls visit(NodeColumn<T>) for each, in the order of the file, where they stand between "node" and
/// "layer".
template <class Visitor>
void VisitNodeColumns(Visitor&& visit) {
  visit(NodeColumn<int32_t>{"parent", &DocTrace::parents});
  visit(NodeColumn<int32_t>{"choice", &DocTrace::choices});
  visit(NodeColumn<int32_t>{"position", &DocTrace::positions});
  visit(NodeColumn<int32_t>{"token", &DocTrace::tokens});
  visit(NodeColumn<std::string>{"piece", &DocTrace::pieces, &TraceColumns::pieces});
  visit(NodeColumn<int32_t>{"weight", &DocTrace::readers});
  visit(NodeColumn<int32_t>{"scored", &DocTrace::scored});
  visit(NodeColumn<std::optional<float>>{.name = "log_prob",
                                         .values = &DocTrace::log_probs,
                                         .wanted = &TraceColumns::log_probs,
                                         .is_continuous = true});
  visit(NodeColumn<std::optional<bool>>{.name = "from_doc",
                                        .values = &DocTrace::from_doc,
                                        .wanted = &TraceColumns::origins,
                                        .present = &TraceShape::from_doc});
}

/// Calls visit(LayerColumn<T>) for each, in the order of the file, where they stand after "layer".
template <class Visitor>
void VisitLayerColumns(const TraceShape& shape, Visitor&& visit) {
  constexpr double kRounding = 1e-3;  // bfloat16 arithmetic
  visit(LayerColumn<uint8_t>{.name = "loop_count",
                             .values = &DocTrace::loop_counts,
                             .wanted = &TraceColumns::loop_counts,
                             .width = shape.max_loops > 0 ? 1 : 0,
                             .low = 1,
                             .high = static_cast<double>(shape.max_loops),
                             .zero_if_missing = true});
  visit(LayerColumn<float>{.name = "lambda_width",
                           .values = &DocTrace::lambdas,
                           .wanted = &TraceColumns::lambdas,
                           .width = shape.lambda ? 1 : 0,
                           .high = 1,
                           .old_name = "lambda"});
  visit(LayerColumn<float>{.name = "loop_probabilities",
                           .values = &DocTrace::loop_probabilities,
                           .wanted = &TraceColumns::loop_probabilities,
                           .width = shape.probabilities ? shape.max_loops : 0,
                           .high = 1 + kRounding,
                           .is_list = true,
                           .is_continuous = true});
  visit(LayerColumn<int16_t>{.name = "experts",
                             .values = &DocTrace::experts,
                             .wanted = &TraceColumns::experts,
                             .width = shape.top_k,
                             .low = -1,
                             .high = static_cast<double>(shape.n_experts - 1),
                             .is_list = true});
  visit(LayerColumn<float>{.name = "gate_weights",
                           .values = &DocTrace::gate_weights,
                           .wanted = &TraceColumns::experts,
                           .width = shape.top_k,
                           .high = 1 + kRounding,
                           .is_list = true,
                           .is_continuous = true});
  visit(LayerColumn<std::optional<float>>{.name = "cosine",
                                          .values = &DocTrace::cosines,
                                          .wanted = &TraceColumns::cosines,
                                          .width = shape.cosine ? 1 : 0,
                                          .low = -1 - kRounding,
                                          .high = 1 + kRounding,
                                          .is_continuous = true});
}

}  // namespace vffn
