#include "model/ffn/factory.h"

#include "base/error.h"
#include "model/ffn/fused_versatile.h"
#include "model/ffn/loop_ffn.h"
#include "model/ffn/moe.h"
#include "model/ffn/sparse_moe.h"

namespace vffn {
namespace {

class FfnBuilder {
 public:
  FfnBuilder(const ModelConfig& config, int64_t layer, const ReadParameter& read,
             const ComputeContext& context)
      : config_(config), layer_(layer), read_(read), context_(context) {}

  std::unique_ptr<Ffn> Make() const {
    switch (config_.ffn.kind) {
      case FfnKind::kDense:
        return std::make_unique<LoopFfn>(ReadDense(), 1);
      case FfnKind::kKLoop: {
        const int64_t probed = config_.ffn.probes.loops;
        return std::make_unique<LoopFfn>(ReadDense(), probed > 0 ? probed : config_.ffn.max_loops);
      }
      case FfnKind::kMoe:
        return std::make_unique<MoeFfn>(ReadDense(), ReadExperts());
      case FfnKind::kSparseMoe:
        return std::make_unique<SparseMoeFfn>(ReadExperts(), ReadSharedExpert());
      case FfnKind::kVersatile: {
        Mlp dense = ReadDense();
        LoopHead loop_head(ReadHead("loop_head"), config_.ffn, layer_);
        RoutedExperts experts = MakeExperts(dense);
        if (context_.kernels) {
          return std::make_unique<FusedVersatileFfn>(std::move(dense), std::move(loop_head),
                                                     std::move(experts), context_, layer_);
        }
        return std::make_unique<VersatileFfn>(std::move(dense), std::move(loop_head), std::move(experts),
                                              context_, layer_);
      }
    }
    Fail("unknown kind of FFN: ", static_cast<int>(config_.ffn.kind));
  }

 private:
  Mlp ReadMlp(const std::string& name, bool has_biases, Work work) const {
    const auto read = [&](const std::string& part, int64_t parts) {
      return Linear(ReadLinear(read_, name + part, has_biases), context_, flops(work), parts);
    };
    Linear in = read("_in", config_.gated ? 2 : 1);
    return Mlp(std::move(in), read("_out", 1), ActivationFunction(config_.activation), context_);
  }

  Mlp ReadDense() const { return ReadMlp("ffn", config_.ffn_bias, Work::kFfn); }

  /// Decisions are computed in float32 whatever the type of the other layers: in bfloat16 logits would tie.
  Linear ReadHead(const std::string& name) const {
    return Linear(ReadLinear(read_, name, /*has_bias=*/false), context_.InFloat32(), flops(Work::kRouting));
  }

  RoutedExperts MakeExperts(const Mlp& mlp) const {
    return RoutedExperts(ReadHead("router"), mlp, config_.ffn, flops(Work::kExperts));
  }

  /// Experts with weights of their own.
  RoutedExperts ReadExperts() const {
    return MakeExperts(ReadMlp("experts", /*has_biases=*/false, Work::kExperts));
  }

  std::optional<SharedExpert> ReadSharedExpert() const {
    if (config_.ffn_hidden_size == 0) {
      return std::nullopt;
    }
    SharedExpert shared{.mlp = ReadDense(), .gate = std::nullopt};
    if (config_.ffn.shared_expert_gate) {
      shared.gate = ReadHead("shared_expert_gate");
    }
    return shared;
  }

  WorkCounter::Cell& flops(Work work) const { return context_.work->flops(layer_, work); }

  const ModelConfig& config_;
  int64_t layer_;
  const ReadParameter& read_;
  const ComputeContext& context_;
};

}  // namespace

std::unique_ptr<Ffn> MakeFfn(const ModelConfig& config, int64_t layer, const ReadParameter& read,
                             const ComputeContext& context) {
  return FfnBuilder(config, layer, read, context).Make();
}

}  // namespace vffn
