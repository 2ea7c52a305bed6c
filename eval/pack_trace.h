// The trace of a pack, cut into docs.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <optional>

#include "model/trace.h"
#include "trace/branch_features.h"
#include "trace/doc_trace.h"

namespace vffn {

/// Collects one forward pass over the `rows` rows of a pack.
class PackTrace : public Trace {
 public:
  PackTrace(const TraceShape& shape, int64_t rows);

  TraceDetail detail() const override {
    return shape_.cosine ? TraceDetail::kBranches : TraceDetail::kDecisions;
  }
  void Record(int64_t layer, const LayerTrace& values) override;

  /// Asks for the branch features of `count` rows from `first_row` on.
  void KeepFeatures(int64_t first_row, int64_t count) { kept_[first_row] = {.count = count}; }

  /// The features of a doc at `first_row`, if they were asked for.
  std::optional<BranchFeatures> FeaturesOf(int64_t first_row, const DocTrace& doc) const;

  /// Fills the fields per layer of a doc whose `doc.nodes_run` nodes are the rows from `first_row` on.
  void Fill(int64_t first_row, DocTrace& doc) const;

 private:
  template <class T>
  void Store(int64_t layer, const at::Tensor& value, std::vector<T>& to) const;
  void StoreCosines(int64_t layer, const FfnBranches& branches);
  void StoreFeatures(int64_t layer, const FfnBranches& branches);

  TraceShape shape_;
  DocTrace pack_;  // its fields per layer, with all rows of the pack as nodes

  /// Features of some rows, by layer.
  struct Kept {
    int64_t count = 0;
    std::map<int64_t, BranchFeatures::Layer> layers;
  };
  std::map<int64_t, Kept> kept_;  // by first row
};

}  // namespace vffn
