// The trace of a pack, cut into docs.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "model/trace.h"
#include "trace/branch_features.h"
#include "trace/doc_trace.h"

namespace vffn {

/// Collects one forward pass over the `rows` rows of a pack. What layers show stays on their device until
/// Finish.
class PackTrace : public Trace {
 public:
  PackTrace(const TraceShape& shape, int64_t rows);

  TraceDetail detail() const override {
    return shape_.cosine ? TraceDetail::kBranches : TraceDetail::kDecisions;
  }
  void Record(int64_t layer, const LayerTrace& values) override;

  /// Copies what the layers showed. Called once, after the forward pass.
  void Finish();

  /// Asks for the branch features of a doc whose nodes are these rows.
  void KeepFeatures(size_t doc, std::vector<int32_t> rows) { kept_[doc] = {.rows = std::move(rows)}; }

  /// The features of that doc, if they were asked for.
  std::optional<BranchFeatures> FeaturesOf(size_t index, const DocTrace& doc) const;

  /// Fills the fields per layer of a doc whose `doc.nodes_run` nodes are these rows. Docs may share rows.
  void Fill(std::span<const int32_t> rows, DocTrace& doc) const;

 private:
  /// What a layer shows of the trace's columns, on the model's device; undefined where the trace has no such
  /// column.
  struct Shown {
    at::Tensor loop_counts, loop_probabilities, lambdas, experts, gate_weights, cosines;
  };

  template <class T>
  void Store(at::Tensor Shown::*member, std::vector<T>& to) const;
  void StoreCosines();
  void StoreFeatures(int64_t layer, const FfnBranches& branches);

  TraceShape shape_;
  std::vector<Shown> shown_;  // by layer, in order
  DocTrace pack_;             // its fields per layer, with all rows of the pack as nodes

  /// Features of some rows, by layer.
  struct Kept {
    std::vector<int32_t> rows;
    std::map<int64_t, BranchFeatures::Layer> layers;
  };
  std::map<size_t, Kept> kept_;  // by doc
};

}  // namespace vffn
