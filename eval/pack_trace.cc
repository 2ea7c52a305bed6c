#include "eval/pack_trace.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "trace/trace_columns.h"

namespace vffn {
namespace {

/// Of the two branches' outputs: [rows]; NaN where one of them is 0.
at::Tensor Cosines(const FfnBranches& branches) {
  const at::Tensor& depth = branches.depth_out;
  const at::Tensor& width = branches.width_out_all;
  const at::Tensor norms = depth.norm(2, 1) * width.norm(2, 1);
  const at::Tensor cosines = ((depth * width).sum(1) / norms).clamp(-1, 1);
  return cosines.masked_fill(norms.eq(0), std::numeric_limits<double>::quiet_NaN());
}

}  // namespace

PackTrace::PackTrace(const TraceShape& shape, int64_t rows) : shape_(shape), pack_{.nodes_run = rows} {
  VisitLayerColumns(
      shape, [&](const auto& column) { (pack_.*column.values).resize(shape.layers * rows * column.width); });
}

void PackTrace::Record(int64_t layer, const LayerTrace& values) {
  const FfnDecisions& decisions = values.decisions;
  Shown& shown = shown_.emplace_back();
  shown = {.loop_counts = decisions.loop_counts,
           .lambdas = decisions.lambda,
           .experts = decisions.experts,
           .gate_weights = decisions.gate_weights};
  if (shape_.probabilities) {
    shown.loop_probabilities = at::softmax(decisions.loop_logits, 1);
  }
  if (shape_.cosine) {
    shown.cosines = Cosines(values.branches);
    StoreFeatures(layer, values.branches);
  }
}

void PackTrace::Finish() {
  Store(&Shown::loop_counts, pack_.loop_counts);
  Store(&Shown::loop_probabilities, pack_.loop_probabilities);
  Store(&Shown::lambdas, pack_.lambdas);
  Store(&Shown::experts, pack_.experts);
  Store(&Shown::gate_weights, pack_.gate_weights);
  if (shape_.cosine) {
    StoreCosines();
  }
  shown_.clear();
}

/// `to` is [layers, rows, ...]; empty if the shape does not have the column.
template <class T>
void PackTrace::Store(at::Tensor Shown::*member, std::vector<T>& to) const {
  if (to.empty()) {
    return;
  }
  const int64_t size = static_cast<int64_t>(to.size()) / shape_.layers;
  std::vector<at::Tensor> values;
  for (const Shown& shown : shown_) {
    const at::Tensor& value = shown.*member;
    VFFN_CHECK(value.defined() && value.numel() == size, "layer ", values.size(), " shows ",
               value.defined() ? value.numel() : 0, " values of a trace's column, should show ", size);
    values.push_back(value.flatten().to(c10::CppTypeToScalarType<T>::value));
  }
  const at::Tensor local = at::cat(values).cpu();
  std::copy_n(local.const_data_ptr<T>(), to.size(), to.begin());
}

void PackTrace::StoreCosines() {
  std::vector<float> cosines(pack_.cosines.size());
  Store(&Shown::cosines, cosines);
  for (size_t i = 0; i < cosines.size(); ++i) {
    if (!std::isnan(cosines[i])) {
      pack_.cosines[i] = cosines[i];
    }
  }
}

void PackTrace::StoreFeatures(int64_t layer, const FfnBranches& branches) {
  const auto cut = [](const at::Tensor& values, const std::vector<int32_t>& of_doc) {
    const at::Tensor places = at::tensor(of_doc, at::kInt).to(values.device());
    const at::Tensor rows = values.index_select(0, places).cpu().contiguous();  // [rows of the doc, d]
    return std::vector<float>(rows.const_data_ptr<float>(), rows.const_data_ptr<float>() + rows.numel());
  };
  for (auto& [doc, kept] : kept_) {
    kept.layers[layer] = {.width_out = cut(branches.width_out_all, kept.rows),
                          .depth_out = cut(branches.depth_out, kept.rows)};
  }
}

std::optional<BranchFeatures> PackTrace::FeaturesOf(size_t index, const DocTrace& doc) const {
  const auto found = kept_.find(index);
  if (found == kept_.end() || found->second.layers.empty()) {
    return std::nullopt;
  }
  BranchFeatures features{.task = doc.task, .doc_id = doc.doc_id};
  features.tokens.assign(doc.tokens.begin(), doc.tokens.begin() + doc.nodes_run);
  features.parents.assign(doc.parents.begin(), doc.parents.begin() + doc.nodes_run);
  features.layers = found->second.layers;
  features.d_model = static_cast<int64_t>(features.layers.begin()->second.width_out.size()) / doc.nodes_run;
  return features;
}

void PackTrace::Fill(std::span<const int32_t> rows, DocTrace& doc) const {
  VisitLayerColumns(shape_, [&](const auto& column) {
    auto& values = doc.*column.values;
    values.clear();
    values.reserve(shape_.layers * rows.size() * column.width);
    for (int64_t layer = 0; layer < shape_.layers; ++layer) {
      const auto of_layer = (pack_.*column.values).begin() + layer * pack_.nodes_run * column.width;
      for (const int32_t row : rows) {
        const auto begin = of_layer + row * column.width;
        values.insert(values.end(), begin, begin + column.width);
      }
    }
  });
}

}  // namespace vffn
