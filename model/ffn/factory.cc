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

  std::unique_ptr<Ffn> Make() const {
    const FfnKind kind = config_.ffn.kind;
    VFFN_CHECK(!config_.ffn_bias || kind == FfnKind::kDense || kind == FfnKind::kKLoop,
               "ffn_bias: an FFN of kind ", NameOf(kind),
               " cannot have biases: its experts are slices of an FFN, and nothing defines their "
               "share of the output bias");
    SwiGlu dense = ReadSwiGlu("ffn", Work::kFfn);
    switch (kind) {
      case FfnKind::kDense:
        return std::make_unique<LoopFfn>(std::move(dense), 1);
      case FfnKind::kKLoop: {
        const int64_t probed = config_.ffn.probes.loops;
        return std::make_unique<LoopFfn>(std::move(dense), probed > 0 ? probed : config_.ffn.max_loops);
      }
      case FfnKind::kMoe:
        return std::make_unique<MoeFfn>(std::move(dense), MakeExperts(ReadSwiGlu("experts", Work::kExperts)));
      case FfnKind::kVersatile: {
        LoopHead loop_head(ReadHead("loop_head"), config_.ffn, layer_);
        RoutedExperts experts = MakeExperts(dense);
        return std::make_unique<VersatileFfn>(std::move(dense), std::move(loop_head), std::move(experts),
                                              context_, layer_);
      }
    }
    Fail("unknown kind of FFN: ", static_cast<int>(config_.ffn.kind));
  }

 private:
  SwiGlu ReadSwiGlu(const std::string& name, Work work) const {
    const auto read = [&](const std::string& part) {
      return Linear(ReadLinear(read_, name + part, config_.ffn_bias), context_, flops(work));
    };
    Linear in = read("_in");
    return SwiGlu(std::move(in), read("_out"), context_);
  }

  /// Decisions are computed in float32 whatever the type of the other layers: in bfloat16 logits would tie.
  Linear ReadHead(const std::string& name) const {
    return Linear(ReadLinear(read_, name, /*has_bias=*/false), context_.InFloat32(), flops(Work::kRouting));
  }

  RoutedExperts MakeExperts(const SwiGlu& swiglu) const {
    return RoutedExperts(ReadHead("router"), swiglu, config_.ffn, context_, flops(Work::kExperts));
  }

  WorkCounter::Cell& flops(Work work) const { return context_.work->flops(layer_, work); }

  const ModelConfig& config_;
  int64_t layer_;
  const ReadParameter& read_;
  const ComputeContext& context_;
};

}  // namespace

LinearParameters ReadLinear(const ReadParameter& read, const std::string& name, bool has_bias) {
  return {.weight = read(name + ".weight"), .bias = has_bias ? read(name + ".bias") : at::Tensor()};
}

std::unique_ptr<Ffn> MakeFfn(const ModelConfig& config, int64_t layer, const ReadParameter& read,
                             const ComputeContext& context) {
  return FfnBuilder(config, layer, read, context).Make();
}

}  // namespace vffn
