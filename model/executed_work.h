// The work that a model's kernels executed, counted where matrix products are called. No torch here.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "model/config.h"

namespace vffn {

enum class Work {
  kAttentionProjections,  ///< "attention_projections": to queries, keys and values, and of the heads' outputs
  kAttention,             ///< "attention": query-key and weight-value products over visible pairs
  kFfn,      ///< "ffn": the dense FFN, every application (the loops of the depth branch); the shared expert
  kExperts,  ///< "experts": routed experts (the width branch, MoE's experts)
  kRouting,  ///< "routing": router, loop head and the gate of a shared expert
  kOutputHead,  ///< "output_head"
};
inline constexpr int kWorkKinds = 6;

std::string_view NameOf(Work work);

/// FLOPs by kind of work. One multiply-add is 2.
struct WorkFlops {
  std::array<int64_t, kWorkKinds> flops = {};

  int64_t& operator[](Work work) { return flops[static_cast<size_t>(work)]; }
  int64_t operator[](Work work) const { return flops[static_cast<size_t>(work)]; }
  int64_t total() const;
  WorkFlops& operator+=(const WorkFlops& other);
  bool operator==(const WorkFlops&) const = default;
};

/// The decisions of a layer's FFN. A token is a row of a batch: a shared context counts once, and there is no
/// padding.
struct LayerDecisions {
  std::vector<int64_t> loop_histogram;  ///< [L_max]: tokens of 1, 2, ... loops; empty unless VersatileFFN
  int64_t width_tokens = 0;             ///< tokens whose width branch ran (versatile)
  int64_t reused_tokens = 0;            ///< those of them that took the hidden values of their first loop

  bool operator==(const LayerDecisions&) const = default;
};

struct ExecutedWork {
  int64_t tokens = 0;  ///< rows that went through the model
  std::vector<WorkFlops> layers;
  int64_t output_head = 0;
  int64_t trace = 0;  ///< FLOPs for a trace alone (branches of weight zero); not part of the other counts
  std::vector<LayerDecisions> decisions;  ///< per layer

  WorkFlops total() const;
  ExecutedWork& operator+=(const ExecutedWork& other);  ///< layer by layer
  bool operator==(const ExecutedWork&) const = default;
};

/// {"tokens", "flops": {kind: n, ..., "total"}, "trace_flops", "layers": [{kind: n, ..., "loop_histogram",
/// "width_tokens", "reused_tokens" unless it is 0}]}
OrderedJson ToJson(const ExecutedWork& work);

/// The inverse. Throws Error, beginning with `origin`, if a field is missing or has the wrong type.
ExecutedWork ParseExecutedWork(const Json& json, const std::string& origin);

/// Adds up the work of all threads.
class WorkCounter {
 public:
  using Cell = std::atomic<int64_t>;

  explicit WorkCounter(const ModelConfig& config);

  /// The sum of one kind of FLOPs in one layer (0 for the output head); lives as long as the counter.
  Cell& flops(int64_t layer, Work work) { return layers_[layer].flops[static_cast<size_t>(work)]; }

  /// The sum of the FLOPs for a trace alone.
  Cell& trace_flops() { return trace_; }

  void AddTokens(int64_t tokens) { tokens_ += tokens; }
  void AddLoops(int64_t layer, int64_t loops, int64_t tokens) {
    layers_[layer].loop_histogram[loops - 1] += tokens;
  }
  void AddWidthTokens(int64_t layer, int64_t tokens) { layers_[layer].width_tokens += tokens; }
  void AddReusedTokens(int64_t layer, int64_t tokens) { layers_[layer].reused_tokens += tokens; }

  ExecutedWork Read() const;

 private:
  struct Layer {
    std::array<Cell, kWorkKinds> flops = {};
    std::vector<Cell> loop_histogram;
    Cell width_tokens = 0;
    Cell reused_tokens = 0;
  };

  std::atomic<int64_t> tokens_ = 0;
  Cell trace_ = 0;
  std::vector<Layer> layers_;
};

}  // namespace vffn
