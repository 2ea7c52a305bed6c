// What a model's kernels were made to do, counted where matrix products are called. No torch here.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "model/config.h"

namespace vffn {

enum class Work {
  kAttentionProjections,  ///< "attention_projections": queries, keys, values, and what leaves attention
  kAttention,             ///< "attention": query-key and weight-value products over visible pairs
  kFfn,                   ///< "ffn": the dense FFN, every time it is applied (the depth branch's loops)
  kExperts,               ///< "experts": routed experts (the width branch, MoE's experts)
  kRouting,               ///< "routing": router and loop head
  kOutputHead,            ///< "output_head"
};
inline constexpr int kWorkKinds = 6;

std::string_view NameOf(Work work);

/// FLOPs by kind. One multiply-add is 2.
struct WorkFlops {
  std::array<int64_t, kWorkKinds> flops = {};

  int64_t& operator[](Work work) { return flops[static_cast<size_t>(work)]; }
  int64_t operator[](Work work) const { return flops[static_cast<size_t>(work)]; }
  int64_t total() const;
  WorkFlops& operator+=(const WorkFlops& other);
  bool operator==(const WorkFlops&) const = default;
};

/// What a layer's FFN decided. A token is a row of a batch: shared contexts count once, padding there is
/// none.
struct LayerDecisions {
  std::vector<int64_t> loop_histogram;  ///< [L_max]: tokens of 1, 2, ... loops; empty without a loop head
  int64_t width_tokens = 0;             ///< tokens whose width branch ran (versatile)

  bool operator==(const LayerDecisions&) const = default;
};

struct ExecutedWork {
  int64_t tokens = 0;  ///< rows that went through the model
  std::vector<WorkFlops> layers;
  int64_t output_head = 0;
  int64_t trace = 0;  ///< FLOPs that only a trace asked for (branches of weight zero); in nothing else here
  std::vector<LayerDecisions> decisions;  ///< per layer

  WorkFlops total() const;
  bool operator==(const ExecutedWork&) const = default;
};

/// {"tokens", "flops": {kind: n, ..., "total"}, "trace_flops", "layers": [{kind: n, ..., "loop_histogram",
/// "width_tokens"}]}
OrderedJson ToJson(const ExecutedWork& work);

/// The inverse. Throws Error, beginning with `origin`, on anything missing or of the wrong kind.
ExecutedWork ParseExecutedWork(const Json& json, const std::string& origin);

/// Collects over all threads.
class WorkCounter {
 public:
  using Cell = std::atomic<int64_t>;

  explicit WorkCounter(const ModelConfig& config);

  /// Where FLOPs of one kind in one layer (0 for the output head) are added up; lives as long as the counter.
  Cell& flops(int64_t layer, Work work) { return layers_[layer].flops[static_cast<size_t>(work)]; }

  /// Where FLOPs that only a trace asks for are added up.
  Cell& trace_flops() { return trace_; }

  void AddTokens(int64_t tokens) { tokens_ += tokens; }
  void AddLoops(int64_t layer, int64_t loops, int64_t tokens) {
    layers_[layer].loop_histogram[loops - 1] += tokens;
  }
  void AddWidthTokens(int64_t layer, int64_t tokens) { layers_[layer].width_tokens += tokens; }

  ExecutedWork Read() const;

 private:
  struct Layer {
    std::array<Cell, kWorkKinds> flops = {};
    std::vector<Cell> loop_histogram;
    Cell width_tokens = 0;
  };

  std::atomic<int64_t> tokens_ = 0;
  Cell trace_ = 0;
  std::vector<Layer> layers_;
};

}  // namespace vffn
