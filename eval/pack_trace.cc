#include "eval/pack_trace.h"

#include <algorithm>

namespace vffn {

PackTrace::PackTrace(const TraceShape& shape, int64_t rows)
    : shape_(shape),
      rows_(rows),
      loop_counts_(MakeTable<uint8_t>(shape.max_loops > 0 ? 1 : 0)),
      loop_probabilities_(MakeTable<float>(shape.probabilities ? shape.max_loops : 0)),
      lambdas_(MakeTable<float>(shape.lambda ? 1 : 0)),
      gate_weights_(MakeTable<float>(shape.top_k)),
      cosines_(MakeTable<float>(shape.cosine ? 1 : 0)),
      experts_(MakeTable<int16_t>(shape.top_k)) {}

void PackTrace::Record(int64_t layer, const LayerTrace& values) {
  const FfnDecisions& decisions = values.decisions;
  Store(layer, decisions.loop_counts, loop_counts_);
  if (decisions.loop_logits.defined()) {
    Store(layer, at::softmax(decisions.loop_logits, 1), loop_probabilities_);
  }
  Store(layer, decisions.lambda, lambdas_);
  Store(layer, decisions.experts, experts_);
  Store(layer, decisions.gate_weights, gate_weights_);
  if (shape_.cosine) {
    Store(layer, Cosine(values.branches.depth_out, values.branches.width_out_all), cosines_);
    StoreFeatures(layer, values.branches);
  }
}

void PackTrace::StoreFeatures(int64_t layer, const FfnBranches& branches) {
  const auto cut = [](const at::Tensor& values, int64_t first_row, int64_t count) {
    const at::Tensor rows = values.slice(0, first_row, first_row + count).cpu().contiguous();  // [count, d]
    return std::vector<float>(rows.const_data_ptr<float>(), rows.const_data_ptr<float>() + rows.numel());
  };
  for (auto& [first_row, kept] : kept_) {
    kept.layers[layer] = {.width_out = cut(branches.width_out_all, first_row, kept.count),
                          .depth_out = cut(branches.depth_out, first_row, kept.count)};
  }
}

std::optional<BranchFeatures> PackTrace::FeaturesOf(int64_t first_row, const DocTrace& doc) const {
  const auto found = kept_.find(first_row);
  if (found == kept_.end() || found->second.layers.empty()) {
    return std::nullopt;
  }
  BranchFeatures features{.task = doc.task, .doc_id = doc.doc_id};
  features.tokens.assign(doc.tokens.begin(), doc.tokens.begin() + doc.run);
  features.parents.assign(doc.parents.begin(), doc.parents.begin() + doc.run);
  features.layers = found->second.layers;
  features.d_model = static_cast<int64_t>(features.layers.begin()->second.width_out.size()) / doc.run;
  return features;
}

at::Tensor PackTrace::Cosine(const at::Tensor& depth, const at::Tensor& width) const {
  const at::Tensor norms = depth.norm(2, 1) * width.norm(2, 1);  // [rows]
  const at::Tensor cosine = ((depth * width).sum(1) / norms).clamp(-1, 1);
  return at::where(norms.gt(0), cosine, at::full_like(cosine, kAbsent));
}

template <class T>
void PackTrace::Store(int64_t layer, const at::Tensor& value, Table<T>& table) const {
  if (table.width == 0) {
    return;
  }
  const at::Tensor local = value.to(at::kCPU, c10::CppTypeToScalarType<T>::value).contiguous();
  std::copy_n(local.const_data_ptr<T>(), rows_ * table.width,
              table.values.begin() + layer * rows_ * table.width);
}

template <class T>
std::vector<T> PackTrace::Cut(const Table<T>& table, int64_t first_row, int64_t count) const {
  std::vector<T> values;
  values.reserve(shape_.layers * count * table.width);
  for (int64_t layer = 0; layer < shape_.layers; ++layer) {
    const auto begin = table.values.begin() + (layer * rows_ + first_row) * table.width;
    values.insert(values.end(), begin, begin + count * table.width);
  }
  return values;
}

void PackTrace::Fill(int64_t first_row, DocTrace& doc) const {
  doc.loop_counts = Cut(loop_counts_, first_row, doc.run);
  doc.loop_probabilities = Cut(loop_probabilities_, first_row, doc.run);
  doc.lambdas = Cut(lambdas_, first_row, doc.run);
  doc.experts = Cut(experts_, first_row, doc.run);
  doc.gate_weights = Cut(gate_weights_, first_row, doc.run);
  doc.cosines = Cut(cosines_, first_row, doc.run);
}

}  // namespace vffn
