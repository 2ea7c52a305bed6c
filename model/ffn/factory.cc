#include "model/ffn/factory.h"

#include "base/error.h"
#include "model/ffn/loop_ffn.h"
#include "model/ffn/moe.h"
#include "model/ffn/versatile.h"

namespace vffn {
namespace {

class FfnBuilder {
 public:
  FfnBuilder(const ModelConfig& config, int64_t layer, const ReadParameter& read,
             const ComputeContext& context)
      : config_(config), layer_(layer), read_(read), context_(context) {}

  SwiGlu ReadSwiGlu(const std::string& name, Work work) const {
    return SwiGlu(RmsNorm(read_(name + "_norm.weight"), config_.norm_epsilon, context_),
                  ReadLinear(name + "_in.weight", work), ReadLinear(name + "_out.weight", work), context_);
  }

  /// Decisions are taken in float32 whatever the type of the other layers: in bfloat16 logits would tie.
  Linear ReadHead(const std::string& name) const {
    return Linear(read_(name), context_.InFloat32(), flops(Work::kRouting));
  }

  RoutedExperts MakeExperts(const SwiGlu& swiglu) const {
    return RoutedExperts(ReadHead("router.weight"), swiglu, config_.ffn, context_, flops(Work::kExperts));
  }

  std::unique_ptr<Ffn> Make() const {
    SwiGlu dense = ReadSwiGlu("ffn", Work::kFfn);
    switch (config_.ffn.kind) {
      case FfnKind::kDense:
        return std::make_unique<LoopFfn>(std::move(dense), 1);
      case FfnKind::kKLoop: {
        const int64_t probed = config_.ffn.probes.loops;
        return std::make_unique<LoopFfn>(std::move(dense), probed > 0 ? probed : config_.ffn.max_loops);
      }
      case FfnKind::kMoe:
        return std::make_unique<MoeFfn>(std::move(dense), MakeExperts(ReadSwiGlu("experts", Work::kExperts)),
                                        layer_);
      case FfnKind::kVersatile: {
        LoopGate gate(ReadHead("loop_head.weight"), config_.ffn, layer_);
        RoutedExperts experts = MakeExperts(dense);
        return std::make_unique<VersatileFfn>(std::move(dense), std::move(gate), std::move(experts), context_,
                                              layer_);
      }
    }
    Fail("unknown kind of FFN: ", static_cast<int>(config_.ffn.kind));
  }

 private:
  Linear ReadLinear(const std::string& name, Work work) const {
    return Linear(read_(name), context_, flops(work));
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
